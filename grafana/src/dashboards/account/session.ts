// The session of the account over time: states, evidence, ends and new beginnings.

import { falling, rising } from '../../look/colours.ts'
import { states } from '../../look/mappings.ts'
import { events, lines } from '../../panels/graphs.ts'
import { timeline } from '../../panels/timeline.ts'
import { each, stateCode } from '../../queries/accounts.ts'
import { noEvent, range } from '../../queries/query.ts'
import { account, grew } from '../../queries/selectors.ts'
import { evidenceAge, health } from './shared.ts'

export const session = [
  timeline({
    title: 'State over time',
    what: 'The state of the session in the time range.',
    whenBad: 'many short bands are a loop: the reasons below name its cause.',
    width: 24,
    height: 5,
    unit: 'none',
    mappings: states,
    noValue: 'unknown account',
    queries: [range('{{account}}', `max by (account) (${stateCode})`)],
  }),
  lines({
    title: 'Score over time',
    what: 'Health, and the share of its weights that was observed, as percent.',
    whenBad: 'a cliff at one moment is an incident: look at the marks.',
    width: 8,
    unit: 'none',
    min: 0,
    max: 100,
    steps: falling(health.low, health.fleet),
    limits: true,
    noValue: 'not scored yet',
    queries: [
      range('health', `max(${each('whatsapp_health_score')})`),
      range('confidence', `100 * max(${each('whatsapp_health_confidence_ratio')})`),
    ],
  }),
  lines({
    title: 'Evidence age over time',
    what: 'Seconds since the last sign of life.',
    whenBad: 'a saw that grows higher than the probe interval is a path that loses frames.',
    width: 8,
    unit: 's',
    steps: rising(60, 120),
    limits: true,
    noValue: 'none known',
    queries: [range('age', evidenceAge)],
  }),
  events({
    title: 'Disconnects of this account',
    what: 'Connections of this account that ended in each step, by reason.',
    whenBad:
      'restart-required is WhatsApp asking for it; acks-withheld and stalled are dead sessions; see ConnectionLost.',
    width: 8,
    unit: 'short',
    noValue: 'no connection has ended',
    queries: [
      range(
        '{{reason}}',
        `sum by (reason) (${grew(account('whatsapp_session_disconnects_total'))}) > 0`,
        noEvent('No connection ended'),
      ),
    ],
  }),
  events({
    title: 'Reconnects',
    what: 'Attempts to open the session again, by outcome.',
    whenBad: 'failed without opened is an address or a network; opened again and again is a loop.',
    width: 8,
    unit: 'short',
    noValue: 'none was needed',
    queries: [
      range(
        '{{outcome}}',
        `sum by (outcome) (${grew(account('whatsapp_session_reconnects_total'))}) > 0`,
        noEvent('No connection ended'),
      ),
    ],
  }),
  events({
    title: 'Suspicions',
    what: 'Times that evidence was overdue, by what was missing, and sessions that said open and were dead.',
    whenBad: 'each dead one is a zombie that was closed: three in an hour page.',
    width: 8,
    unit: 'short',
    noValue: 'never suspected',
    queries: [
      range(
        '{{suspicion}}',
        `sum by (suspicion) (${grew(account('whatsapp_session_suspicions_total'))}) > 0`,
        noEvent('Nothing was overdue'),
      ),
      range(
        'dead: {{reason}}',
        `sum by (reason) (${grew(account('whatsapp_session_evidence_lost_total'))}) > 0`,
        noEvent('No session was dead'),
      ),
    ],
  }),
  events({
    title: 'Test messages',
    what: 'Canary messages that speak of this account, by what became of them.',
    whenBad: 'not-received while sends are acknowledged is a deaf session.',
    width: 8,
    unit: 'short',
    noValue: 'canaries are off, or none was due',
    queries: [
      range('{{outcome}}', `sum by (outcome) (${grew(account('whatsapp_canary_probes_total'))}) > 0`, {
        mayBeEmpty: 'Canaries are off by default, and only accounts that are idle are probed.',
      }),
    ],
  }),
]
