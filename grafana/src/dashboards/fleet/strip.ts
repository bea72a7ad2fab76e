// The first line: whether there is trouble at all.

import { thresholds } from '../../../../prometheus/src/thresholds.ts'
import { falling, none, plain, rising } from '../../look/colours.ts'
import { link, toDashboard } from '../../look/links.ts'
import { dial, figure } from '../../panels/figures.ts'
import { steps } from '../../panels/tile.ts'
import { chosen, countIn, each, lost, mine, orZero, silent, up } from '../../queries/accounts.ts'
import { fleetAgentsUp } from '../../queries/agents.ts'
import { alerts } from '../../queries/alerts.ts'
import { now, range } from '../../queries/query.ts'
import { account, of, open, pool } from '../../queries/selectors.ts'

export const accounts = `count(count by (job, account) (${chosen}))`

const firing = (severity: string): string =>
  `count(max by (alertname, account, pool, instance) (${alerts(`alertstate="firing", severity="${severity}"`)})) or vector(0)`

export const health = dial({
  title: 'Fleet health',
  what: 'Mean health of the chosen accounts, 0 to 100; an account whose agent does not answer counts as 0.',
  whenBad: 'look at the table below: one bad account pulls it down a little, a shared fault pulls all.',
  width: 4,
  unit: 'none',
  decimals: 0,
  min: 0,
  max: 100,
  steps: falling(thresholds.health.low, thresholds.health.fleet),
  noValue: 'not scored yet',
  queries: [now('health', `avg(${each('whatsapp_health_score')} or 0 * max by (job, account) (${silent}))`)],
})

export const strip = [
  figure({
    title: 'Sessions up',
    what: 'Accounts whose session is open with fresh evidence, and all that are configured.',
    whenBad:
      'the difference is lost, not linked, stopped or ended by WhatsApp, or its agent is down: the table says which.',
    width: 5,
    height: 3,
    unit: 'none',
    steps: plain,
    noValue: 'no agent answers',
    queries: [now('up', `sum(${up})`), now('of', accounts)],
  }),
  figure({
    title: 'Lost now',
    what: 'Linked accounts that are wanted up and have no connection, those of agents that do not answer among them.',
    whenBad: 'sort the table by state; several at once are the network or WhatsApp, one is the account.',
    width: 3,
    height: 3,
    unit: 'none',
    steps: none(),
    loud: true,
    noValue: 'no agent answers',
    queries: [now('lost', orZero(`count(${lost})`))],
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
    queries: [now('to be linked', countIn('pairing|waiting'))],
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
    queries: [now('ended', countIn('logged-out|replaced|failed|restricted'))],
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
    title: 'Agents',
    what: 'Agents that answer Prometheus, and agents that are its targets and do not.',
    whenBad: 'an agent that is gone takes its sessions with it: read its log, open Agent.',
    width: 5,
    height: 3,
    unit: 'none',
    steps: plain,
    overrides: [steps('down', none())],
    noValue: 'none is known',
    valueLinks: [link('Open Agent', toDashboard('agent'))],
    queries: [now('up', `sum(${fleetAgentsUp})`), now('down', `sum(${fleetAgentsUp} == bool 0)`)],
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
    title: 'Oldest message',
    what: 'How long the oldest message that is not acknowledged has waited.',
    whenBad: 'open Messages: parked means no account may send, queued means one is slow.',
    width: 3,
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
