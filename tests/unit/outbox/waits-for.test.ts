// An open message always says what it waits for, and the cause that a person can mend before the consequences.

import { expect, it } from 'vitest'
import { type Around, waitsFor } from '../../../agent/outbox/waits-for.ts'
import type { MessageState } from '../../../agent/words.ts'

const now = Date.UTC(2026, 10, 21)
const later = now + 60_000
const at = '2026-11-21T00:01:00.000Z'
const queued = {
  open: 1,
  state: 'queued' as MessageState,
  pool: 'sales',
  account: 'uae-1' as string | null,
  next_at: now as number | null,
  maybe_sent_by: null as string | null,
}
const day = { limit: 'account-per-day', until: later } as const
const around: Around = { now, trouble: null, held: null, inFront: null }

const cases: [string, Partial<typeof queued>, Partial<Around>, object][] = [
  ['its time', { state: 'scheduled', next_at: later }, {}, { what: 'time', until: at }],
  [
    'its answer',
    { state: 'sent', next_at: later },
    { trouble: 'x' },
    { what: 'acknowledgement', until: null },
  ],
  [
    'anybody',
    { state: 'parked', account: null },
    {},
    { what: 'pool', detail: expect.stringContaining('sales') },
  ],
  [
    'its account',
    {},
    { trouble: 'it is in maintenance' },
    { what: 'account', detail: 'uae-1: it is in maintenance' },
  ],
  [
    'its account, also where it is limited and behind another',
    { next_at: later },
    { trouble: 'x', held: day, inFront: 'm' },
    { what: 'account' },
  ],
  [
    'a limit',
    {},
    { held: day },
    { what: 'limit', detail: 'uae-1 has used outbox.account_per_day', until: at },
  ],
  ['a limit, also behind another', {}, { held: day, inFront: 'm' }, { what: 'limit', message: null }],
  ['grace', { state: 'unknown', maybe_sent_by: 'uae-2', next_at: later }, {}, { what: 'grace', until: at }],
  [
    'its next attempt',
    { state: 'unknown', maybe_sent_by: 'uae-1', next_at: later },
    {},
    { what: 'retry', until: at },
  ],
  ['another message', {}, { inFront: 'm1' }, { what: 'message', message: 'm1' }],
  ['its turn', {}, {}, { what: 'turn', until: null, message: null }],
]

it.each(cases)('it waits for %s', (_, row, more, expected) => {
  expect(waitsFor({ ...queued, ...row }, { ...around, ...more })).toMatchObject(expected)
})

it('what has ended waits for nothing', () => {
  expect(waitsFor({ ...queued, open: 0, state: 'failed' }, { ...around, trouble: 'x' })).toBeNull()
})
