// What is counted inside and contained.

import { thresholds } from '../../../../prometheus/src/thresholds.ts'
import { none, rising } from '../../look/colours.ts'
import { figure } from '../../panels/figures.ts'
import { events, lines } from '../../panels/graphs.ts'
import { ofAgents } from '../../queries/agents.ts'
import { noEvent, now, range } from '../../queries/query.ts'
import { agent } from '../../queries/selectors.ts'
import { counted, perSecond } from './shared.ts'

export const inside = [
  lines({
    title: 'Events',
    what: 'Domain events per second, the ten most frequent types.',
    whenBad: 'a type that leaps is the first word about what has changed.',
    width: 8,
    unit: 'cps',
    noValue: 'no event yet',
    queries: [range('{{type}}', `topk(10, ${perSecond('type', 'linda_events_total')})`)],
  }),
  events({
    title: 'Contained misbehaviour',
    what: 'Misbehaviours of the WhatsApp library that were contained, and lines that it printed and that were dropped.',
    whenBad: 'a kind that is new is a changed protocol: see LibraryTraps.',
    width: 8,
    unit: 'short',
    noValue: 'none',
    queries: [
      range('{{trap}}', counted('trap', 'whatsapp_session_traps_total'), noEvent('The library behaved')),
      range(
        'printed',
        `sum(increase(${agent('whatsapp_library_prints_total')}[$__rate_interval])) > 0`,
        noEvent('The library printed nothing'),
      ),
    ],
  }),
  figure({
    title: 'Must be zero',
    what: 'In the time range: events that a subscriber could not take, and server certificates that the configured root did not sign.',
    whenBad:
      'the first is a mistake of ours, please report it; the second may be somebody between the agent and WhatsApp.',
    width: 4,
    height: 8,
    unit: 'short',
    decimals: 0,
    steps: none(),
    noValue: 'no agent answers',
    queries: [
      now('subscriber errors', `sum(increase(${agent('linda_event_subscriber_errors_total')}[$__range]))`),
      now(
        'untrusted certificates',
        `sum(increase(${agent('whatsapp_certificate_untrusted_total')}[$__range]))`,
      ),
    ],
  }),
  figure({
    title: 'Series',
    what: 'Series of the largest scrape; above 50,000 Prometheus refuses it as a whole.',
    whenBad: 'find the metric with too many label values: see CardinalityHigh.',
    width: 4,
    height: 8,
    unit: 'short',
    steps: rising(thresholds.series.most / 2, thresholds.series.most),
    noValue: 'no agent answers',
    trend: true,
    queries: [range('series', `max(${ofAgents(agent('scrape_samples_post_metric_relabeling'))})`)],
  }),
]
