// The small parts of the outbox: batches in order and independent, waiters told once, steps that read as they were written, a size that holds.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Batches } from '../../../agent/outbox/batches.ts'
import type { MessageRow } from '../../../agent/outbox/row.ts'
import { Size } from '../../../agent/outbox/size.ts'
import { readSteps, type Step, stepLine } from '../../../agent/outbox/steps.ts'
import { Waiters } from '../../../agent/outbox/waiters.ts'
import { messageStates } from '../../../agent/words.ts'
import { until } from '../../harness/until.ts'

describe('batches', () => {
  it('every item once, in order, one transaction at a time, no more than a hundred in one', async () => {
    const seen: number[][] = []
    let busy = 0
    const batches = new Batches<number, number>(async (items) => {
      busy += 1
      expect(busy).toBe(1)
      seen.push(items)
      await new Promise((resolve) => setImmediate(resolve))
      busy -= 1
      return items.map((n) => n * 2)
    })
    const answers = await Promise.all(Array.from({ length: 250 }, (_, n) => batches.put(n)))
    expect(answers).toEqual(answers.map((_, n) => n * 2))
    expect(seen.flat()).toEqual(answers.map((_, n) => n))
    expect(seen.map(({ length }) => length)).toEqual([100, 100, 50])
  })

  it('one that fails rejects its own items, and the next go on', async () => {
    let away = true
    const batches = new Batches<number, number>(async (items) => {
      if (away) throw new Error('away')
      return items
    })
    const first = await Promise.allSettled([batches.put(1), batches.put(2)])
    away = false
    expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await batches.put(3)).toBe(3)
  })

  it('who comes while a commit is under way shares the next one', async () => {
    const sizes: number[] = []
    const commits: (() => void)[] = []
    const batches = new Batches<number, number>((items) => {
      sizes.push(items.length)
      return new Promise((resolve) => commits.push(() => resolve(items)))
    })
    const first = batches.put(0)
    await until('the first commit is under way', () => commits.length === 1)
    const rest = Array.from({ length: 9 }, (_, n) => batches.put(n))
    commits.shift()?.()
    await first
    await until('the second commit is under way', () => commits.length === 1)
    commits.shift()?.()
    await Promise.all(rest)
    expect(sizes).toEqual([1, 9])
  })
})

describe('waiters', () => {
  const row = (id: string, open: number) => ({ id, open }) as MessageRow

  it('who waits is told at once; the store is asked first', async () => {
    const waiters = new Waiters()
    const asked: number[] = []
    const told = waiters.wait('m', 10_000, async () => {
      asked.push(1)
      return row('m', 1)
    })
    await until('the store was asked', () => asked.length === 1)
    waiters.tell(row('other', 0))
    waiters.tell(row('m', 0))
    expect(await told).toMatchObject({ id: 'm', open: 0 })
    expect(asked).toHaveLength(1)
  })

  it('another node may have ended it: the store is asked again', async () => {
    let asked = 0
    const found = await new Waiters().wait('m', 10_000, async () => row('m', ++asked < 2 ? 1 : 0))
    expect(found).toMatchObject({ open: 0 })
  })

  it('time over: as it is; unknown: null; the end of the agent: at once', async () => {
    const waiters = new Waiters()
    expect(await waiters.wait('m', 0, async () => row('m', 1))).toMatchObject({ open: 1 })
    expect(await waiters.wait('m', 10_000, async () => null)).toBeNull()
    const waiting = waiters.wait('m', 60_000, async () => row('m', 1))
    waiters.end()
    expect(await waiting).toMatchObject({ open: 1 })
    await expect(waiters.wait('m', 5, () => Promise.reject(new Error('away')))).rejects.toThrow('away')
  })
})

it('steps read as they were written', () => {
  const text = fc.option(fc.string({ minLength: 1, maxLength: 20 }), { nil: undefined })
  const step = fc.record({
    at: fc.nat(),
    state: fc.constantFrom(...messageStates),
    account: text,
    code: text,
  })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const lines = steps.map((each) => stepLine(each as Step))
      for (const line of lines) expect(line.indexOf('\n')).toBe(line.length - 1)
      expect(readSteps(lines.join(''))).toEqual(JSON.parse(JSON.stringify(steps)))
    }),
  )
  expect(stepLine({ at: 1, state: 'parked', account: null, code: '' })).toBe('{"at":1,"state":"parked"}\n')
})

it('the size is never less than what is there, whatever happens while it is counted', () => {
  const pools = ['sales', 'care'] as const
  const op = fc.constantFrom('accept', 'lose', 'end', 'told', 'count', 'seen', 'counted')
  fc.assert(
    fc.property(fc.array(fc.tuple(op, fc.constantFrom(...pools)), { maxLength: 60 }), (ops) => {
      const size = new Size()
      const there = new Map<string, number>(pools.map((pool) => [pool, 0]))
      const add = (pool: string, n: number): void => void there.set(pool, (there.get(pool) ?? 0) + n)
      const sum = (): number => pools.reduce((all, pool) => all + (there.get(pool) ?? 0), 0)
      let counting: {
        seen: Map<string, number> | null
        counted: (n: Map<string, number>, at: number) => void
      } | null = null
      /** Ended in the store, and this process has not heard of it. */
      const untold: { pool: string; at: number }[] = []
      size.counting()(new Map(), 0)
      for (const [i, [each, pool]] of ops.entries()) {
        const now = i + 1
        if (each === 'accept' || each === 'lose') {
          size.coming(pool)
          if (each === 'accept') add(pool, 1)
          size.came(pool, each === 'accept')
        } else if (each === 'end' && (there.get(pool) ?? 0) > 0) {
          add(pool, -1)
          untold.push({ pool, at: now })
        } else if (each === 'told') {
          const told = untold.shift()
          if (told) size.ended(told.pool, told.at)
        } else if (each === 'count') counting = { seen: null, counted: size.counting() }
        else if (each === 'seen' && counting) counting.seen ??= new Map(there)
        else if (each === 'counted' && counting) {
          counting.counted(counting.seen ?? new Map(there), now)
          counting = null
        }
        expect(size.total).toBeGreaterThanOrEqual(sum())
        // Its own share is never overrun: what it has counts in full.
        for (const pool of pools)
          if (sum() >= 40 && (there.get(pool) ?? 0) >= 2) expect(size.hasRoom(pool, 40)).toBe(false)
      }
      size.counting()(new Map(there), ops.length + 1)
      for (const { pool, at } of untold) size.ended(pool, at)
      expect(size.total).toBe(sum())
    }),
  )
})

it('a pool that fills the outbox leaves room for the others, and for itself none', () => {
  const size = new Size()
  size.counting()(new Map([['sales', 100]]), 0)
  expect([size.hasRoom('sales', 100), size.hasRoom('care', 100)]).toEqual([false, true])
  for (let i = 0; i < 5; i++) size.coming('care')
  expect(size.hasRoom('care', 100)).toBe(false)
  size.ended('sales', 1)
  expect([size.total, size.hasRoom('sales', 105), size.hasRoom('care', 105)]).toEqual([104, true, true])
})
