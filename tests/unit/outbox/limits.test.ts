// Limits hold over every slice, cost little of what they allow, remember what was sent today, and take back what was not used.

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Bus } from '../../../agent/events.ts'
import { dayAllowance, Limits, type Rates, sliceOf } from '../../../agent/outbox/limits.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import { openStore } from '../../../agent/store/open.ts'

const none: Rates = { accountPerMinute: null, accountPerDay: null, poolPerMinute: null, warmUp: null }
const DAY_MS = 24 * 3_600_000
const now = Date.UTC(2026, 10, 21)

describe('rates', () => {
  beforeEach(() => void vi.useFakeTimers({ now }))
  afterEach(() => void vi.useRealTimers())
  const make = (rates: Partial<Rates>, poolOf = () => 'sales') => new Limits({ ...none, ...rates }, poolOf)

  it('without limits everything is granted', async () => {
    expect(await make({}).allow('a', 1_000, now)).toBe(1_000)
  })

  it.each([1, 2, 7, 11, 12, 23, 59, 60, 100, 1_000])(
    '%i a minute: never more, and hardly less',
    async (perMinute) => {
      const limits = make({ accountPerMinute: perMinute })
      let granted = 0
      for (let second = 0; second < 600; second++) {
        granted += await limits.allow('a', 50, Date.now())
        vi.advanceTimersByTime(1_000)
      }
      // One slice more than there are, since it begins full.
      expect(granted).toBeLessThanOrEqual(perMinute * 10 + sliceOf(perMinute).points)
      expect(granted).toBeGreaterThanOrEqual(Math.floor(perMinute * 10 * 0.75))
    },
  )

  it('a slice has whole messages, no more than its share, and nine tenths of it at least', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (perMinute) => {
        const { points, duration } = sliceOf(perMinute)
        const share = (perMinute * duration) / 60
        expect(Number.isInteger(points) && points >= 1).toBe(true)
        expect(points).toBeLessThanOrEqual(share)
        expect(points).toBeGreaterThanOrEqual(0.9 * share)
        expect(duration).toBeGreaterThanOrEqual(5)
        expect(duration).toBeLessThanOrEqual(60)
      }),
    )
  })

  it('accounts of a pool share its limit, another pool has its own', async () => {
    const limits = new Limits({ ...none, poolPerMinute: 60 }, (account) => account.slice(0, 1))
    const granted = [
      await limits.allow('x1', 4, now),
      await limits.allow('x2', 4, now),
      await limits.allow('y1', 4, now),
    ]
    expect(granted).toEqual([4, 1, 4])
  })

  it('what was not used is given back, to every limit', async () => {
    const limits = make({ accountPerMinute: 60, accountPerDay: 5, poolPerMinute: 60 })
    expect(await limits.allow('a', 10, now)).toBe(5)
    expect(await limits.allow('a', 1, now)).toBe(0)
    await limits.refund('a', 2, now)
    await limits.refund('a', 0, now)
    expect(await limits.allow('a', 10, now)).toBe(2)
  })

  it('a day later the day begins anew', async () => {
    const limits = make({ accountPerDay: 3 })
    expect(await limits.allow('a', 5, now)).toBe(3)
    vi.advanceTimersByTime(DAY_MS - 1_000)
    expect(await limits.allow('a', 5, Date.now())).toBe(0)
    vi.advanceTimersByTime(2_000)
    expect(await limits.allow('a', 5, Date.now())).toBe(3)
  })
})

it('a restart does not forget what was sent today, nor how old an account is', async () => {
  const sql = await openStore('sqlite::memory:', new Bus('test'))
  await migrate(sql)
  const put = (id: string, account: string, at: number | null, state: string) =>
    sql.query(
      `INSERT INTO message (id, wa_id, caller, body_hash, pool, account, bound, conversation, seq, state, open, attempts, expires_at,
         accepted_at, acked_at, ended_at, refused_by, possible_duplicate, payload, steps)
       VALUES ($1, $1, 'c', 'h', 'sales', $2, 0, $1, 1, $4, 0, 1, 0, 0, $3, $3, '', 0, $5, '')`,
      [id, account, at, state, new Uint8Array()],
    )
  const at = Date.now()
  for (let i = 0; i < 4; i++) await put(`today-${i}`, 'a', at - 1_000, 'acked')
  await put('yesterday', 'a', at - DAY_MS - 1, 'acked')
  await put('failed', 'a', null, 'failed')
  await put('other', 'b', at, 'acked')
  const rates: Rates = { ...none, accountPerDay: 1_000, warmUp: { days: 10, firstDay: 10 } }
  const first = new Limits(rates, () => 'sales')
  await first.seen(sql, 'a', at - 5 * DAY_MS)
  await first.seen(sql, 'a', at)
  const second = new Limits(rates, () => 'sales')
  await second.recall(sql, ['a'], at)
  await second.seen(sql, 'a', at)
  // Half of its warm-up is over: 10 times the root of 100.
  expect(await second.allow('a', 1_000, at)).toBe(100 - 4)
  expect(await second.allow('c', 1_000, at)).toBe(10)
  await sql.close()
})

it('the allowance grows from the first day to the full one, by the same factor every day', () => {
  const shape = fc.record({
    full: fc.integer({ min: 1, max: 1_000_000 }),
    days: fc.integer({ min: 1, max: 365 }),
    firstDay: fc.integer({ min: 1, max: 100_000 }),
    age: fc.double({ min: -1, max: 400, noNaN: true }),
  })
  fc.assert(
    fc.property(shape, ({ full, days, firstDay, age }) => {
      const of = (inDays: number) => dayAllowance(full, { days, firstDay }, inDays * DAY_MS)
      expect(of(0)).toBe(Math.min(full, firstDay))
      expect(of(days)).toBeGreaterThanOrEqual(full - 1)
      expect(of(age + 1)).toBeGreaterThanOrEqual(of(age))
      expect(of(age)).toBeLessThanOrEqual(full)
      expect(of(age)).toBeGreaterThanOrEqual(Math.min(full, firstDay))
    }),
  )
  expect(dayAllowance(500, null, 0)).toBe(500)
  expect([0, 7, 14].map((day) => dayAllowance(5_000, { days: 14, firstDay: 50 }, day * DAY_MS))).toEqual([
    50, 500, 5_000,
  ])
})
