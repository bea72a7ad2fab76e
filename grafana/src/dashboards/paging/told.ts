// Who was told, how fast, by which channel.

import { thresholds } from '../../../../prometheus/src/thresholds.ts'
import { rising } from '../../look/colours.ts'
import { events, lines } from '../../panels/graphs.ts'
import { range } from '../../queries/query.ts'
import { grew, of } from '../../queries/selectors.ts'
import { increase, noPager, pager } from './shared.ts'

const asking = {
  mayBeEmpty: 'Agents ask the pager only where `pager.url` is configured, and it mostly answers.',
}

export const told = [
  events({
    title: 'Notifications',
    what: 'Notifications in each step, by channel and what became of them.',
    whenBad: 'fell-back: a channel is out and another one was used. failed: nobody was reached.',
    width: 8,
    unit: 'short',
    noValue: 'nobody was told',
    queries: [
      range(
        '{{channel}} {{outcome}}',
        `sum by (channel, outcome) (${increase('pager_notifications_total')}) > 0`,
        noPager,
      ),
    ],
  }),
  lines({
    title: 'Delay',
    what: 'Time from the start of an alert until a provider took the message, half and 95%, by channel.',
    whenBad: 'promised are 30 s; a call comes after its tier, which is later on purpose.',
    width: 8,
    unit: 's',
    steps: rising(thresholds.pagerDelay, 2 * thresholds.pagerDelay),
    limits: true,
    noValue: 'nobody was told',
    queries: [0.5, 0.95].map((share) =>
      range(
        `{{channel}} ${100 * share}%`,
        `histogram_quantile(${share}, sum by (le, channel) (rate(${pager('pager_notification_delay_seconds_bucket')}[$__rate_interval])))`,
        noPager,
      ),
    ),
  }),
  events({
    title: 'Attempts',
    what: 'Requests to providers by channel and answer, those that were repeated, and those of which nobody knows whether they were taken.',
    whenBad:
      'refused is a number or an account that is wrong, unavailable a provider that is down, unknown a possible duplicate.',
    width: 8,
    unit: 'short',
    noValue: 'nobody was told',
    queries: [
      range(
        '{{channel}} {{outcome}}',
        `sum by (channel, outcome) (${increase('pager_attempts_total')}) > 0`,
        noPager,
      ),
      range('{{channel}} repeated', `sum by (channel) (${increase('pager_retries_total')}) > 0`, noPager),
      range(
        '{{channel}} possible duplicate',
        `sum by (channel) (${increase('pager_possible_duplicates_total')}) > 0`,
        noPager,
      ),
    ],
  }),
  lines({
    title: 'Pages and queue',
    what: 'Pages that are open or acknowledged, and deliveries that wait, are being sent or are held.',
    whenBad:
      'open for long without acknowledged: nobody reacts. Held: a budget is spent or it is quiet time.',
    width: 8,
    unit: 'short',
    noValue: 'no pager',
    queries: [
      range('pages {{state}}', `sum by (state) (${pager('pager_pages')})`, noPager),
      range('deliveries {{state}}', `sum by (state) (${pager('pager_deliveries')})`, noPager),
    ],
  }),
  events({
    title: 'Acknowledgements and callbacks',
    what: 'Pages that somebody acknowledged, by the way it was done, callbacks of providers, and what the agents have read of it.',
    whenBad: 'callbacks that are refused are forged or signed with another token: compare channels.twilio.',
    width: 8,
    unit: 'short',
    noValue: 'none',
    queries: [
      range('by {{via}}', `sum by (via) (${increase('pager_acknowledgements_total')}) > 0`, noPager),
      range(
        '{{kind}} {{outcome}}',
        `sum by (kind, outcome) (${increase('pager_callbacks_total')}) > 0`,
        noPager,
      ),
      range(
        'read by the agents: {{severity}}',
        `sum by (severity) (${grew(of('linda_notifications_sent_total'))}) > 0`,
        asking,
      ),
      range(
        'the agents asked: {{outcome}}',
        `sum by (outcome) (${grew(of('linda_pager_polls_total', 'outcome!="ok"'))}) > 0`,
        asking,
      ),
    ],
  }),
  events({
    title: 'Taken from Alertmanager',
    what: 'Webhooks by answer, notifications that were not sent again within the cooldown, mistakes such as an unknown receiver, failures of its store, and pings of the external heartbeat.',
    whenBad:
      'refused is a wrong token: nobody is paged. Unknown receivers page `default` until pager.yaml has them.',
    width: 8,
    unit: 'short',
    noValue: 'none',
    queries: [
      range('webhook {{outcome}}', `sum by (outcome) (${increase('pager_webhooks_total')}) > 0`, noPager),
      range(
        '{{channel}} within the cooldown',
        `sum by (channel) (${increase('pager_duplicates_total')}) > 0`,
        noPager,
      ),
      range('mistake: {{what}}', `sum by (what) (${increase('pager_mistakes_total')}) > 0`, noPager),
      range(
        'store: {{operation}} failed',
        `sum by (operation) (${increase('pager_store_errors_total')}) > 0`,
        noPager,
      ),
      range('mistake while {{doing}}', `sum by (doing) (${increase('pager_failures_total')}) > 0`, noPager),
      range('ping {{outcome}}', `sum by (outcome) (${increase('pager_heartbeat_pings_total')}) > 0`, noPager),
    ],
  }),
]
