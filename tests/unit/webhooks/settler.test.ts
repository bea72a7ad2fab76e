// Outcomes that come together are one transaction; what the store refuses is tried again for as long as the lane is held.

import { expect, it } from 'vitest'
import type { Queryable, Sql } from '../../../agent/store/sql.ts'
import type { Claimed } from '../../../agent/webhooks/claim.ts'
import { Settler } from '../../../agent/webhooks/settler.ts'

const claimed = (lane: string, heldForMs = 60_000): Claimed => ({
  id: `delivery-${lane}`,
  webhook: 'crm',
  lane,
  heldUntil: Date.now() + heldForMs,
  attempts: 1,
  createdAt: 0,
  expiresAt: 1e13,
  payload: new Uint8Array(),
})

/** @param fails how many transactions the store refuses; lanes that begin with `lost` are somebody else's */
function store(fails = 0) {
  const transactions: string[][] = []
  const sql = {
    async transaction(work: (tx: Queryable) => Promise<unknown>) {
      const lanes: string[] = []
      const tx = {
        async query(text: string, values: unknown[]) {
          if (!text.startsWith('UPDATE webhook_lane')) return []
          lanes.push(String(values[1]))
          return String(values[1]).startsWith('lost') ? [] : [{}]
        },
      }
      const result = await work(tx as unknown as Queryable)
      transactions.push(lanes)
      if (transactions.length <= fails) throw new Error('the store is away')
      return result
    },
  } as unknown as Sql
  return { sql, transactions }
}

const delivered = { state: 'delivered' } as const

it('writes what comes together at once, in the order of the lanes, and says what was lost', async () => {
  const { sql, transactions } = store()
  const settler = new Settler(sql, 1, new AbortController().signal)
  const first = settler.settle(claimed('z'), delivered)
  const rest = ['c', 'lost-1', 'a'].map((lane) => settler.settle(claimed(lane), delivered))
  expect(await Promise.all([first, ...rest])).toEqual([true, true, false, true])
  expect(transactions).toEqual([['z'], ['a', 'c', 'lost-1']])
})

it('tries again what the store refused, with what came meanwhile', async () => {
  const { sql, transactions } = store(3)
  const settler = new Settler(sql, 1, new AbortController().signal)
  const both = [settler.settle(claimed('a'), delivered), settler.settle(claimed('b'), delivered)]
  expect(await Promise.all(both)).toEqual([true, true])
  expect(transactions).toEqual([['a'], ['a', 'b'], ['a', 'b'], ['a', 'b']])
})

it('gives up what it could only write when the lane is no longer held', async () => {
  const { sql } = store(1)
  const settler = new Settler(sql, 1_000, new AbortController().signal)
  expect(await settler.settle(claimed('a', 500), delivered)).toBe(false)
})

it('tries once when it is stopped', async () => {
  const stopping = new AbortController()
  const { sql, transactions } = store(9)
  const settler = new Settler(sql, 60_000, stopping.signal)
  const waits = settler.settle(claimed('a'), delivered)
  await new Promise<void>((resolve) => setImmediate(resolve))
  stopping.abort()
  expect(await waits).toBe(false)
  expect(transactions.length).toBeLessThanOrEqual(2)
})
