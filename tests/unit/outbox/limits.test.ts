// Limits hold over every slice and over any 24 hours, with restarts in between; they take back what was not used, and say who waits for them.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Bus } from '../../../agent/events.ts'
import { Limits } from '../../../agent/outbox/limits.ts'
import { type Rates, sliceOf } from '../../../agent/outbox/rates.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import { openStore } from '../../../agent/store/open.ts'
import type { Sql } from '../../../agent/store/sql.ts'

const none: Rates = { accountPerMinute: null, accountPerDay: null, poolPerMinute: null, warmUp: null }
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const now = Date.UTC(2026, 10, 21)
const make = (rates: Partial<Rates>, poolOf = () => 'sales') => new Limits({ ...none, ...rates }, poolOf)
/** Grants that are used to the end. */
const take = (limits: Limits, account: string, wanted: number, at: number): number => {
  const { count, end } = limits.allow(account, wanted, at)
  end(count)
  return count
}

it('without limits everything is granted, and nobody waits for any', () => {
  const limits = make({})
  expect(take(limits, 'a', 1_000, now)).toBe(1_000)
  expect([limits.held('a', now), limits.spentUntil('a', now), limits.days(now)]).toEqual([null, null, []])
})

describe('by the minute', () => {
  it.each([1, 2, 7, 11, 12, 23, 59, 60, 100, 1_000])('%i: never more, and hardly less', (perMinute) => {
    const limits = make({ accountPerMinute: perMinute })
    let granted = 0
    for (let second = 0; second < 600; second++) granted += take(limits, 'a', 50, now + second * 1_000)
    // One slice more than there are, since it begins full.
    expect(granted).toBeLessThanOrEqual(perMinute * 10 + sliceOf(perMinute).points)
    expect(granted).toBeGreaterThanOrEqual(Math.floor(perMinute * 10 * 0.75))
  })

  it('accounts of a pool share its limit, another pool has its own', () => {
    const limits = make({ poolPerMinute: 60 }, ((account: string) => account.slice(0, 1)) as () => string)
    expect([take(limits, 'x1', 4, now), take(limits, 'x2', 4, now), take(limits, 'y1', 4, now)]).toEqual([
      4, 1, 4,
    ])
    expect(limits.held('x2', now)).toEqual({ limit: 'pool-per-minute', until: now + 5_000 })
  })

  it('no slice gives more than its share, whenever claims come back and whatever they had no use for', () => {
    const asked = fc.record({
      account: fc.constantFrom('a', 'b'),
      wanted: fc.integer({ min: 1, max: 20 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      after: fc.integer({ min: 0, max: 9_000 }),
      takes: fc.integer({ min: 0, max: 20_000 }),
    })
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 40 }), (all) => {
        const limits = make({ poolPerMinute: 60 })
        const used = new Map<number, number>()
        let ends: { at: number; end: () => void }[] = []
        let at = now
        for (const { account, wanted, share, after, takes } of all) {
          at += after
          for (const each of ends) if (each.at <= at) each.end()
          ends = ends.filter((each) => each.at > at)
          const grant = limits.allow(account, wanted, at)
          const count = Math.floor(grant.count * share)
          const slice = Math.floor(at / 5_000)
          used.set(slice, (used.get(slice) ?? 0) + count)
          ends.push({ at: at + takes, end: () => grant.end(count) })
        }
        for (const n of used.values()) expect(n).toBeLessThanOrEqual(5)
      }),
    )
  })
})

describe('by the day', () => {
  const send = fc.record({
    after: fc.integer({ min: 0, max: 9 * HOUR_MS }),
    wanted: fc.integer({ min: 1, max: 60 }),
  })

  it('in no 24 hours more, nobody waits ten minutes longer than that, and a restart changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(send, { maxLength: 40 }), fc.nat(40), async (sends, restartAt) => {
        const limits = make({ accountPerDay: 100 })
        let again: Limits | null = null
        const sent: number[] = []
        const since = (from: number) => sent.filter((at) => at > from).length
        let at = now
        for (const [i, { after, wanted }] of sends.entries()) {
          at += after
          if (i === restartAt) {
            again = make({ accountPerDay: 100 })
            await again.recall(remembering(sent), ['a'], at)
          }
          const count = take(limits, 'a', wanted, at)
          if (again) expect(take(again, 'a', wanted, at)).toBe(count)
          expect(count).toBeGreaterThanOrEqual(Math.min(wanted, 100 - since(at - DAY_MS - 10 * MINUTE_MS)))
          for (let n = 0; n < count; n++) sent.push(at)
          expect(since(at - DAY_MS)).toBeLessThanOrEqual(100)
        }
      }),
    )
  })

  it('who has used it is told until when, and may send then', async () => {
    const limits = make({ accountPerDay: 5 })
    await limits.recall(remembering([]), ['a', 'b'], now)
    take(limits, 'a', 2, now)
    take(limits, 'a', 5, now + HOUR_MS)
    const until = now + DAY_MS + 10 * MINUTE_MS
    const at = now + 2 * HOUR_MS
    expect(limits.held('a', at)).toEqual({ limit: 'account-per-day', until })
    expect([limits.spent(at), limits.spentUntil('a', at), limits.spentUntil('b', at)]).toEqual([
      ['a'],
      until,
      null,
    ])
    expect(limits.days(at)).toEqual([
      { account: 'a', sent: 5, allowance: 5 },
      { account: 'b', sent: 0, allowance: 5 },
    ])
    expect([take(limits, 'a', 9, until - 1), take(limits, 'a', 9, until)]).toEqual([0, 2])
  })

  it('what is granted and not yet used has spent nothing', async () => {
    const limits = make({ accountPerMinute: 60, accountPerDay: 5, poolPerMinute: 60 })
    await limits.recall(remembering([]), ['a'], now)
    const grant = limits.allow('a', 10, now)
    expect([grant.count, limits.allow('a', 1, now).count, limits.spentUntil('a', now)]).toEqual([5, 0, null])
    grant.end(3)
    expect(take(limits, 'a', 10, now)).toBe(2)
    expect(limits.spentUntil('a', now)).not.toBeNull()
  })

  it('a clock that goes back frees nobody, and stops nobody for longer than a day', () => {
    const limits = make({ accountPerDay: 3 })
    take(limits, 'a', 3, now + 365 * DAY_MS)
    expect(take(limits, 'a', 1, now)).toBe(0)
    expect(take(limits, 'a', 1, now + DAY_MS + 10 * MINUTE_MS)).toBe(1)
  })
})

/** A store in which the account `a` had these acknowledged. */
function remembering(sent: readonly number[]): Sql {
  const query = async (text: string, [from]: number[] = []) => {
    if (!text.includes('AS slot')) return []
    const slotMs = Number(/acked_at \/ (\d+)/.exec(text)?.[1])
    const slots = Map.groupBy(
      sent.filter((at) => at >= Number(from)),
      (at) => Math.floor(at / slotMs),
    )
    return [...slots].map(([slot, all]) => ({ account: 'a', slot, n: all.length }))
  }
  return { query } as unknown as Sql
}

describe('over a restart, in a store', () => {
  const warm: Rates = { ...none, accountPerDay: 1_000, warmUp: { days: 10, firstDay: 10 } }
  const at = now + 400 * DAY_MS
  const opened = async (work: (sql: Sql) => Promise<void>) => {
    const sql = await openStore('sqlite::memory:', new Bus('test'))
    await migrate(sql)
    try {
      await work(sql)
    } finally {
      await sql.close()
    }
  }
  const put = (sql: Sql, id: string, account: string, acked: number | null, state: string) =>
    sql.query(
      `INSERT INTO message (id, wa_id, caller, body_hash, pool, account, bound, conversation, seq, state, open, attempts, expires_at,
         accepted_at, acked_at, ended_at, refused_by, possible_duplicate, payload, steps)
       VALUES ($1, $1, 'c', 'h', 'sales', $2, 0, $1, 1, $4, 0, 1, 0, 0, $3, $3, '', 0, $5, '')`,
      [id, account, acked, state, new Uint8Array()],
    )
  const list = (sql: Sql, account: string, phone: string) =>
    sql.query(
      `INSERT INTO account (id, node, phone, pool, role, priority, weight, region, retired, changed_at)
       VALUES ($1, 'n', $2, 'sales', 'primary', 1, '1', 'uae', 0, 0) ON CONFLICT (id) DO UPDATE SET phone = excluded.phone`,
      [account, phone],
    )
  /** A process that finds the account open at some moment. */
  const run = async (sql: Sql, rates: Rates, account: string, moment: number) => {
    const limits = new Limits(rates, () => 'sales')
    // Sessions may be open before the store has been asked.
    await limits.seen(sql, account, moment)
    await limits.recall(sql, [account], moment)
    await limits.seen(sql, account, moment)
    return limits
  }

  it('what was sent lately and how old an account is are not forgotten', () =>
    opened(async (sql) => {
      for (let i = 0; i < 4; i++) await put(sql, `today-${i}`, 'a', at - HOUR_MS, 'acked')
      await put(sql, 'yesterday', 'a', at - DAY_MS - 11 * MINUTE_MS, 'acked')
      await put(sql, 'failed', 'a', null, 'failed')
      await put(sql, 'other', 'b', at, 'acked')
      await run(sql, warm, 'a', at - 5 * DAY_MS)
      const second = await run(sql, warm, 'a', at)
      // Half of its warm-up is over: 10 times the root of 100.
      expect(second.days(at)).toEqual([{ account: 'a', sent: 4, allowance: 100 }])
      expect(take(second, 'a', 1_000, at)).toBe(100 - 4)
      expect(take(second, 'c', 1_000, at)).toBe(10)
      expect(second.spentUntil('a', at)).toBe(at - HOUR_MS + DAY_MS + 10 * MINUTE_MS)
    }))

  it('a warm-up that is switched on finds old accounts old, and knows those that were open before ages were written', () =>
    opened(async (sql) => {
      await run(sql, { ...none, accountPerDay: 1_000 }, 'a', now)
      await run(sql, none, 'b', now)
      await put(sql, 'old', 'c', at - 5 * DAY_MS, 'acked')
      const allowances = []
      for (const account of ['a', 'b', 'c', 'd'])
        allowances.push(...(await run(sql, warm, account, at)).days(at).map(({ allowance }) => allowance))
      expect(allowances).toEqual([1_000, 1_000, 100, 10])
      // From now on it is written, and goes by nothing that is forgotten one day.
      await sql.query('DELETE FROM message')
      expect((await run(sql, warm, 'c', at)).days(at)).toMatchObject([{ allowance: 100 }])
    }))

  it('with another phone an account is a young one, and stays what it was under the same', () =>
    opened(async (sql) => {
      await sql.query('INSERT INTO account_age (account, since) VALUES ($1, $2)', ['a', now])
      await list(sql, 'a', '+971500000001')
      expect((await run(sql, warm, 'a', at)).days(at)).toMatchObject([{ allowance: 1_000 }])
      await list(sql, 'a', '+971500000002')
      expect((await run(sql, warm, 'a', at)).days(at)).toMatchObject([{ allowance: 10 }])
      expect((await run(sql, warm, 'a', at + 5 * DAY_MS)).days(at + 5 * DAY_MS)).toMatchObject([
        { allowance: 100 },
      ])
    }))
})
