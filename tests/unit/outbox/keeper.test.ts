// How often the keeper looks: soon again where it left something to do, and seldom where counting alone takes long.

import { expect, it, onTestFinished, vi } from 'vitest'
import { Keeper } from '../../../agent/outbox/keeper.ts'
import type { Outbox } from '../../../agent/outbox/outbox.ts'
import type { Telling } from '../../../agent/outbox/telling.ts'
import type { Row, Sql } from '../../../agent/store/sql.ts'

/** A keeper on a store whose every answer takes its time; the clock is the test's. */
function stage({ steps, stepMs = 0, countMs = 0 }: { steps: number; stepMs?: number; countMs?: number }) {
  vi.useFakeTimers()
  let left = steps
  const looks: number[] = []
  const wait = async (ms: number): Promise<void> => {
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
  }
  const parked = { pool: 'sales', state: 'parked', account: null, next_at: 0, accepted_at: 0 }
  const sql: Pick<Sql, 'query'> = {
    async query<T extends Row>(text: string): Promise<T[]> {
      if (!text.trimStart().startsWith('SELECT pool, state')) return []
      await wait(countMs)
      return left > 0 ? ([{ ...parked, n: left, expires_at: Date.now() + 3_600_000 }] as Row[] as T[]) : []
    },
  }
  const telling = {
    async transaction() {
      await wait(stepMs)
      left -= 1
      return { accounts: new Set<string>(), more: left > 0, given: [] }
    },
  }
  const keeper = new Keeper({
    sql: sql as Sql,
    outbox: { size: { counting: () => () => {} }, wake: () => {} } as unknown as Outbox,
    telling: telling as unknown as Telling,
    route: () => null,
    spent: () => [],
    keepMs: 1_000,
    holds: false,
    seen: () => void looks.push(performance.now()),
  })
  const startedAt = performance.now()
  onTestFinished(async () => {
    const stopped = keeper.stop()
    await vi.runAllTimersAsync()
    await stopped
    vi.useRealTimers()
  })
  keeper.start()
  return {
    left: () => left,
    /** When it had counted, from its start, in milliseconds. */
    looks: () => looks.map((at) => Math.round(at - startedAt)),
  }
}

it('what one look cannot do is gone on with after a short rest, and is counted in between', async () => {
  const { left, looks } = stage({ steps: 100, stepMs: 100 })
  await vi.advanceTimersByTimeAsync(14_000)
  expect(left()).toBe(0)
  const pauses = looks().map((at, i, all) => at - (all[i - 1] ?? 0))
  expect(Math.max(...pauses)).toBeLessThan(3_000)
})

it('a step that takes longer than a look may is one all the same', async () => {
  const { left } = stage({ steps: 3, stepMs: 5_000 })
  await vi.advanceTimersByTimeAsync(17_000)
  expect(left()).toBe(0)
})

it('what it did is no reason to look less often', async () => {
  const { left, looks } = stage({ steps: 1, stepMs: 900 })
  await vi.advanceTimersByTimeAsync(2_500)
  expect(left()).toBe(0)
  expect(looks()).toEqual([0, 1_900])
})

it.each([
  ['a twentieth of the time goes into counting', 300, [300, 6_600]],
  ['but it is counted every ten seconds', 2_000, [2_000, 14_000]],
])('%s', async (_, countMs, expected) => {
  const { looks } = stage({ steps: 0, countMs })
  await vi.advanceTimersByTimeAsync(14_500)
  expect(looks().slice(0, 2)).toEqual(expected)
})
