// What a refusal means that comes late: the doubt is over where there was one attempt only, and the refusal counts as if it had come in time.

import { expect, it } from 'vitest'
import { afterRefusal, type Consequence } from '../../../agent/outbox/refused.ts'
import { endedBy } from '../../../agent/outbox/settle.ts'
import { stepLine } from '../../../agent/outbox/steps.ts'
import type { SendFailure } from '../../../agent/words.ts'

const retry = { baseMs: 1_000, capMs: 60_000, maxAttempts: 3 }
const claimed = stepLine({ at: 1, state: 'claimed', account: 'a' })
const row = { account: 'a', bound: 0, attempts: 1, errors: 0, next_at: 777, steps: claimed }
const usual = { retry, graceMs: 30_000, random: 0.5 }
const certain = { certain: true, moves: false }

it.each<[string, SendFailure, Partial<typeof row>, Consequence]>([
  ['for what it is', 'nack-479', {}, { ...certain, state: 'failed', open: false, nextAt: null }],
  ['for now', 'nack-500', {}, { ...certain, state: 'queued', open: true, nextAt: 10_750 }],
  ['too often', 'nack-500', { errors: 2 }, { ...certain, state: 'failed', open: false, nextAt: null }],
  [
    'by a restriction',
    'nack-463',
    {},
    { certain: true, moves: true, state: 'parked', open: true, nextAt: 10_000 },
  ],
  [
    'by a restriction, and its account was named',
    'nack-463',
    { bound: 1 },
    { ...certain, state: 'failed', open: false, nextAt: null },
  ],
  [
    'by a restriction of the account that had it before',
    'nack-463',
    { account: 'b' },
    { certain: true, moves: true, state: 'queued', open: true, nextAt: 777 },
  ],
  [
    'by a restriction, and another attempt has no answer',
    'nack-463',
    { steps: claimed + claimed },
    { certain: false, moves: true, state: 'parked', open: true, nextAt: 40_000 },
  ],
  [
    'for what it is, and another attempt has no answer',
    'nack-479',
    { steps: claimed + claimed },
    { certain: false, moves: false, state: 'unknown', open: false, nextAt: null },
  ],
  [
    'for now, and another attempt has no answer',
    'nack-429',
    { steps: claimed + claimed },
    { certain: false, moves: false, state: 'unknown', open: true, nextAt: 10_750 },
  ],
])('refused %s', (_, code, over, expected) => {
  const change = { kind: 'refused', waId: 'W', account: 'a', code, ...usual, at: 10_000 } as const
  expect(afterRefusal({ ...row, ...over }, change)).toEqual(expected)
})

it('what is acknowledged, delivered and read in one millisecond ends once', () => {
  const states = ['acked', 'delivered', 'read'] as const
  const ends = states.map((state, i) => {
    const steps = states.slice(0, i + 1).map((each) => stepLine({ at: 5, state: each }))
    const ended = { open: 0, ended_at: 5, steps: claimed + steps.join('') } as Parameters<typeof endedBy>[0]
    return endedBy(ended, { kind: 'arrived', waId: 'W', account: 'a', state, at: 5 })
  })
  expect(ends).toEqual([true, false, false])
})
