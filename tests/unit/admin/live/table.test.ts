// Every event is told as the contract names it, or not at all, and nothing that the events must not hold is added.

import { expect, it } from 'vitest'
import { frameTypes, tellingOf } from '../../../../agent/admin/live/table.ts'
import { catalogue, type EventData, type EventType } from '../../../../agent/events.ts'
import { hear } from '../../events/heard.ts'

function told<T extends EventType>(type: T, data: EventData[T]) {
  const { bus, events } = hear()
  bus.emit(type, data, { account: 'uae-1' })
  const [event] = events
  return event ? tellingOf(event) : undefined
}
type Case = { [T in EventType]: [T, EventData[T], object | null] }[EventType]

const ended = { attempt: 2, method: 'qr', inARow: 1, viewed: true, ms: 120_000, watchedMs: 90_000 } as const
const over = {
  failover: 'F1',
  pool: 'sales',
  kind: 'automatic',
  trigger: 'banned',
  to: null,
  detectMs: 1,
  transferMs: null,
  ms: 1,
  messages: 0,
  conversations: 0,
  unsure: 0,
} as const
const error = (data: object) => ({ type: 'error:occurred', data })

const cases: Case[] = [
  [
    'session.state-changed',
    { from: 'open', to: 'logged-out', reason: 'logged-out' },
    {
      type: 'connection:status-changed',
      data: { status: 'LOGGED_OUT', previousStatus: 'CONNECTED', reason: 'logged-out' },
    },
  ],
  [
    'pairing.code-issued',
    { attempt: 1, index: 2, lifeMs: 20_000 },
    { type: 'qr:generated', data: { attempt: 1, index: 2, life: 20_000 } },
  ],
  [
    'pairing.scanned',
    { attempt: 1, scanMs: 9_000 },
    { type: 'qr:scanned', data: { attempt: 1, scanTime: 9_000 } },
  ],
  [
    'pairing.ended',
    { ...ended, outcome: 'expired' },
    {
      type: 'qr:timeout',
      data: { attempt: 2, method: 'qr', regenerations: 1, viewed: true, duration: 120_000 },
    },
  ],
  ['pairing.ended', { ...ended, outcome: 'linked' }, null],
  [
    'health.scored',
    {
      score: 41,
      confidence: 0.9,
      status: 'unhealthy',
      caps: ['zombie'],
      factors: { uptime: 3 },
      issues: ['X'],
    },
    {
      type: 'health:score-updated',
      data: { healthScore: 41, healthStatus: 'UNHEALTHY', confidence: 0.9, caps: ['zombie'], issues: ['X'] },
    },
  ],
  [
    'session.connect-failed',
    { reason: 'refused', ms: 1, reconnect: true },
    error({ error: 'CONNECT_FAILED', reason: 'refused' }),
  ],
  [
    'session.evidence-lost',
    { reason: 'stalled', silentMs: 4_500 },
    error({ error: 'EVIDENCE_LOST', reason: 'stalled', silent: 4_500 }),
  ],
  [
    'session.restricted',
    { kind: 'reachout-timelock', untilMs: 0 },
    error({ error: 'RESTRICTED', kind: 'reachout-timelock', until: '1970-01-01T00:00:00.000Z' }),
  ],
  ['pairing.given-up', { inARow: 3 }, error({ error: 'QR_REGENERATION_FAILED', regenerations: 3 })],
  [
    'diagnosis.found',
    { issue: 'ZOMBIE_SESSION', severity: 'HIGH', since: 0, pattern: 'p', numbers: { n: 1 } },
    error({
      error: 'ZOMBIE_SESSION',
      severity: 'HIGH',
      detectedAt: '1970-01-01T00:00:00.000Z',
      pattern: 'p',
    }),
  ],
  [
    'account.ejected',
    { forMs: 30_000, failures: 5, ejections: 1, shadow: false },
    error({ error: 'EJECTED', duration: 30_000, failures: 5 }),
  ],
  ['account.ejected', { forMs: 30_000, failures: 5, ejections: 1, shadow: true }, null],
  [
    'failover.held',
    { pool: 'sales', trigger: 'banned', why: 'off' },
    error({ error: 'FAILOVER_HELD', pool: 'sales', cause: 'banned', why: 'off' }),
  ],
  [
    'failover.ended',
    { ...over, outcome: 'parked' },
    error({ error: 'FAILOVER_PARKED', failover: 'F1', pool: 'sales', cause: 'banned' }),
  ],
  ['failover.ended', { ...over, outcome: 'active' }, null],
  [
    'notification.sent',
    {
      notification: 'N1',
      issue: 'CONNECTION_LOST',
      channels: ['sms'],
      status: 'SENT',
      severity: 'critical',
      kind: 'firing',
      attempts: 2,
      sentAt: '2026-11-21T18:00:00.000Z',
      cursor: 7,
    },
    {
      type: 'notification:sent',
      data: {
        notification: 'N1',
        type: 'CONNECTION_LOST',
        channels: ['sms'],
        status: 'SENT',
        severity: 'critical',
        kind: 'firing',
        sentAt: '2026-11-21T18:00:00.000Z',
      },
    },
  ],
  ['store.write-fenced', {}, error({ error: 'FENCED' })],
  [
    'whatsapp.certificate-untrusted',
    { mode: 'warn' },
    error({ error: 'CERTIFICATE_UNTRUSTED', mode: 'warn' }),
  ],
  [
    'store.unreachable',
    { driver: 'postgres', detail: 'password' },
    error({ error: 'STORE_UNREACHABLE', driver: 'postgres' }),
  ],
  [
    'history.unreachable',
    { driver: 'influx', detail: 'password' },
    error({ error: 'HISTORY_UNREACHABLE', driver: 'influx' }),
  ],
]

it.each(cases)('%s %o', (type, data, expected) => {
  expect(told(type, data as never)).toEqual(expected)
})

it('no other event is told, and every type is the name of something', () => {
  const { bus, events } = hear()
  for (const type of Object.keys(catalogue) as EventType[])
    if (!cases.some(([each]) => each === type)) bus.emit(type, {} as never)
  expect(events.map(tellingOf).filter((each) => each !== null)).toEqual([])
  const types = cases.flatMap(([, , expected]) => (expected ? [(expected as { type: string }).type] : []))
  expect(new Set(types)).toEqual(new Set(frameTypes))
})
