// Same seed, same story: what is drawn depends on seed, phone and attempt, never on who came first.
import { expect, test } from 'vitest'
import { nameOf, strikes } from '../faults/schedule.ts'
import type { ScheduleEntry } from '../index.ts'
import { gaussian, lognormal, uniform } from '../random.ts'
import { eventually, stage } from './stage.ts'

const phones = ['971501000001', '971501000002', '971501000003']

/** The delays drawn for two attempts of each phone, the phones being asked in the given order. */
async function delays(seed: number, order: string[]): Promise<Record<string, (number | null)[]>> {
  const { client, unpaired } = await stage({ seed })
  const drawn: Record<string, (number | null)[]> = {}
  for (let attempt = 1; attempt <= 2; attempt++) {
    for (const phone of order) {
      await client.setPhone(phone, { scan: { kind: 'after', median_ms: 60_000, sigma: 0.6 } })
      const { bare } = unpaired()
      const look = await client.look(phone, await bare.qr())
      expect(look.attempt).toBe(attempt)
      drawn[phone] = [...(drawn[phone] ?? []), look.scanInMs]
    }
  }
  return drawn
}

test('the delay of an attempt follows from the seed, in whatever order the phones come', async () => {
  const first = await delays(7, phones)
  expect(await delays(7, [...phones].reverse())).toEqual(first)
  expect(await delays(8, phones)).not.toEqual(first)
  expect(new Set(Object.values(first).flat()).size).toBe(6)
})

test('the times of a schedule follow from the seed and the name', () => {
  const entry: ScheduleEntry = { everyMs: 1000, jitterMs: 400, fault: { kind: 'reset' } }
  const times = (seed: number, name: string) => {
    const story = strikes(seed, entry, name)
    return Array.from({ length: 20 }, () => story.next().value?.atMs ?? 0)
  }
  expect(times(1, 'a')).toEqual(times(1, 'a'))
  expect(times(1, 'a')).not.toEqual(times(2, 'a'))
  expect(times(1, 'a')).not.toEqual(times(1, 'b'))
  for (const [index, at] of times(1, 'a').entries())
    expect(Math.abs(at - (index + 1) * 1000)).toBeLessThanOrEqual(400)
  expect(nameOf(entry, 2)).toBe('reset-3')
})

test('a schedule strikes the same accounts in the same order', async () => {
  const schedule: ScheduleEntry[] = [
    { name: 'kick', everyMs: 60, jitterMs: 20, account: 'random', fault: { kind: 'close', code: 503 } },
    { name: 'door', atMs: 50, forMs: 30, fault: { kind: 'refuse' } },
  ]
  const victims = async () => {
    const { client } = await stage({ seed: 3, schedule })
    await client.createAccounts({ count: 5 })
    return eventually('ten strikes', async () => {
      const ledger = await client.ledger()
      const kicks = ledger.flatMap((entry) =>
        entry.kind === 'fault' && entry.name === 'kick' ? [entry.account] : [],
      )
      const doors = ledger.filter((entry) => entry.kind === 'fault' && entry.name === 'door')
      return kicks.length >= 10 && doors.length === 1 && kicks.slice(0, 10)
    })
  }
  const first = await victims()
  expect(await victims()).toEqual(first)
  expect(new Set(first).size).toBeGreaterThan(1)
})

test('the draws have the distribution they claim', () => {
  const many = Array.from({ length: 4000 }, (_, n) => n)
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  expect(mean(many.map((n) => uniform(1, ['u', n])))).toBeCloseTo(0.5, 1)
  const normal = many.map((n) => gaussian(1, ['g', n]))
  expect(mean(normal)).toBeCloseTo(0, 1)
  expect(mean(normal.map((value) => value * value))).toBeCloseTo(1, 1)
  const sorted = many.map((n) => lognormal(1, ['l', n], 2000, 0.5)).sort((a, b) => a - b)
  expect(Math.abs((sorted[2000] ?? 0) - 2000)).toBeLessThan(100)
})
