// The first line: whether there is trouble at all.

import { lost, me } from '../../../../prometheus/src/promql.ts'
import { thresholds } from '../../../../prometheus/src/thresholds.ts'
import { falling, none, plain, rising } from '../../look/colours.ts'
import { link, toDashboard } from '../../look/links.ts'
import { dial, figure } from '../../panels/figures.ts'
import { steps } from '../../panels/tile.ts'
import { alertsOf } from '../../parts/annotations.ts'
import { now, range } from '../../queries/query.ts'
import { account, chosen, mine, of, open, orZero, pool, up } from '../../queries/selectors.ts'

export const accounts = `count(count by (job, account) (${chosen}))`

const lostNow = `(${lost})\n  and on ${me} ${chosen}`

const firing = (severity: string): string =>
  `count(max by (alertname, account, pool, instance) (ALERTS{${alertsOf('$job')}, alertstate="firing", severity="${severity}"})) or vector(0)`

export const health = dial({
  title: 'Fleet health',
  what: 'Mean health of the chosen accounts, 0 to 100.',
  whenBad: 'look at the table below: one bad account pulls it down a little, a shared fault pulls all.',
  width: 4,
  unit: 'none',
  decimals: 0,
  min: 0,
  max: 100,
  steps: falling(thresholds.health.low, thresholds.health.fleet),
  noValue: 'not scored yet',
  queries: [now('health', `avg(${mine(account('whatsapp_health_score'))})`)],
})

export const strip = [
  figure({
    title: 'Sessions up',
    what: 'Accounts whose session is open with fresh evidence, and all that are configured.',
    whenBad: 'the difference is lost, not linked, stopped or ended by WhatsApp: the table says which.',
    width: 5,
    height: 3,
    unit: 'none',
    steps: plain,
    noValue: 'no agent answers',
    queries: [now('up', orZero(`sum(${up})`)), now('of', accounts)],
  }),
  figure({
    title: 'Lost now',
    what: 'Linked accounts that are wanted up and have no connection.',
    whenBad: 'sort the table by state; several at once are the network or WhatsApp, one is the account.',
    width: 3,
    height: 3,
    unit: 'none',
    steps: none(),
    loud: true,
    noValue: 'no agent answers',
    queries: [now('lost', orZero(`count(${lostNow})`))],
  }),
  figure({
    title: 'To be linked',
    what: 'Accounts that show a QR code or wait for somebody to ask for one.',
    whenBad: 'open the dashboard Pairing: somebody with the phone must scan.',
    width: 3,
    height: 3,
    unit: 'none',
    steps: none('person'),
    noValue: 'no agent answers',
    valueLinks: [link('Open Pairing', toDashboard('pairing'))],
    queries: [
      now(
        'to be linked',
        orZero(`count(${mine(account('whatsapp_session_state', 'state=~"pairing|waiting"'))})`),
      ),
    ],
  }),
  figure({
    title: 'Ended by WhatsApp',
    what: 'Accounts that are logged out, replaced, failed or restricted: no redial helps them.',
    whenBad: 'open the account: its diagnosis says what a person must do.',
    width: 3,
    height: 3,
    unit: 'none',
    steps: none('ended'),
    loud: true,
    noValue: 'no agent answers',
    queries: [
      now(
        'ended',
        orZero(
          `count(${mine(account('whatsapp_session_state', 'state=~"logged-out|replaced|failed|restricted"'))})`,
        ),
      ),
    ],
  }),
  figure({
    title: 'Alerts firing',
    what: 'Critical and warning alerts that fire now.',
    whenBad: 'the list on the right names them; each has a runbook.',
    width: 6,
    height: 3,
    unit: 'none',
    steps: none('warning'),
    noValue: 'Prometheus does not answer',
    overrides: [steps('critical', none())],
    // Nothing firing has no series, and is 0.
    queries: [now('critical', firing('critical')), now('warning', firing('warning'))],
  }),
]

export const work = [
  figure({
    title: 'Oldest message',
    what: 'How long the oldest message that is not acknowledged has waited.',
    whenBad: 'open Messages: parked means no account may send, queued means one is slow.',
    width: 5,
    height: 3,
    unit: 's',
    decimals: 0,
    steps: rising(thresholds.outbox.stuck, thresholds.outbox.slow),
    noValue: 'none waits',
    valueLinks: [link('Open Messages', toDashboard('messages'))],
    queries: [
      now('oldest', `max(${pool('whatsapp_outbox_oldest_seconds', 'state!="scheduled"')})`, {
        mayBeEmpty: 'There is no series while no message waits.',
      }),
    ],
  }),
  figure({
    title: 'Parked',
    what: 'Messages that wait because no account of their pool may send them.',
    whenBad: 'bring an account of the pool back: Failover and routing says why each takes nothing.',
    width: 3,
    height: 3,
    unit: 'none',
    steps: none(),
    noValue: 'no agent answers',
    valueLinks: [link('Open Failover and routing', toDashboard('failover'))],
    queries: [now('parked', orZero(`sum(${open('job', 'parked')})`))],
  }),
  figure({
    title: 'Acknowledged',
    what: 'Messages that WhatsApp acknowledged, per second.',
    whenBad: 'compare with what is accepted on Messages: a gap means that messages wait.',
    width: 3,
    height: 3,
    unit: 'mps',
    steps: plain,
    noValue: 'no agent answers',
    trend: true,
    queries: [
      range(
        'acknowledged',
        `sum(${mine(`rate(${account('whatsapp_messages_acked_total')}[$__rate_interval])`)})`,
      ),
    ],
  }),
  figure({
    title: 'Agents up',
    what: 'Agents that answer Prometheus.',
    whenBad: 'an agent that is gone takes its sessions with it: read its log, open Agent.',
    width: 3,
    height: 3,
    unit: 'none',
    steps: falling(1, 1),
    noValue: 'none is known',
    valueLinks: [link('Open Agent', toDashboard('agent'))],
    queries: [now('agents', `sum(${of('up')})`)],
  }),
  figure({
    title: 'Session budget left',
    what: 'Share of the error budget of 30 days for sessions that is left.',
    whenBad: 'at 0 the objective is missed: open SLO, and change nothing risky until it grows again.',
    width: 6,
    height: 3,
    unit: 'percentunit',
    decimals: 1,
    max: 1,
    steps: falling(0.000001, 0.25),
    noValue: 'not measured yet',
    valueLinks: [link('Open SLO', toDashboard('slo'))],
    queries: [now('left', `min(${of('linda:session_error_budget:left')})`)],
  }),
]
