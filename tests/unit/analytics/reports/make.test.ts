// A report is of its period and its accounts and nothing else, and reading it holds nobody up.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeReport, UnknownAccountError } from '../../../../agent/analytics/reports/make.ts'
import { readPast } from '../../../../agent/analytics/reports/read.ts'
import type { EventQuery, History, KeptEvent } from '../../../../agent/history/port.ts'
import { filledParts, filledReport, until } from './documents.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const never = new AbortController().signal

/** As every history answers: the newest first, until not included. */
function historyOf(events: KeptEvent[]): { history: History; asked: EventQuery[] } {
  const asked: EventQuery[] = []
  const read = async (query: EventQuery): Promise<KeptEvent[]> => {
    asked.push(query)
    const { type, since = -Infinity, until = Infinity, limit } = query
    return events
      .filter((each) => (type === undefined || each.type === type) && each.at >= since && each.at < until)
      .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
      .slice(0, limit)
  }
  return { history: { read } as unknown as History, asked }
}

it('reading in pages brings everything once, oldest first, however many have one time', async () => {
  const times = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(times, fc.integer({ min: 1, max: 9 }), async (drawn, page) => {
      const busiest = Math.max(0, ...drawn.map((at) => drawn.filter((each) => each === at).length))
      // A page holds all of one time, as 500 do of one account.
      fc.pre(busiest < page)
      const events = drawn.map((at, i) => ({ id: `e${i}`, at, type: 'x', account: 'a' }))
      const { history } = historyOf(events)
      const { events: found, cutAt } = await readPast(history, 'a', { from: 5, until: 25 }, never, { page })
      expect(found.map(({ at }) => at)).toEqual(
        drawn.filter((at) => at >= 5 && at < 25).sort((a, b) => a - b),
      )
      expect(new Set(found.map(({ id }) => id)).size).toBe(found.length)
      expect(cutAt).toBe(null)
    }),
  )
})

it('an account with too much is read from the newest back, and where it was cut is said', async () => {
  const events = Array.from({ length: 100 }, (_, at) => ({ id: `e${at}`, at, type: 'x', account: 'a' }))
  const { history, asked } = historyOf(events)
  const past = await readPast(history, 'a', { from: 0, until: 100 }, never, { page: 10, most: 30 })
  expect(past.cutAt).toBeGreaterThan(60)
  expect(past.events.at(-1)?.at).toBe(99)
  expect(asked.length).toBeLessThan(8)
})

it('a signal ends the reading', async () => {
  const { history } = historyOf([])
  await expect(readPast(history, 'a', { from: 0, until: 1 }, AbortSignal.abort())).rejects.toThrow('aborted')
})

it('a weekly report has seven days, the week before and what an account did in them', async () => {
  const report = await filledReport({ accounts: 8 })
  expect(report).toMatchObject({
    type: 'weekly',
    from: new Date(until - 7 * DAY).toISOString(),
    until: new Date(until).toISOString(),
    fleet: { accounts: 8, known: 8, outages: 40 },
    before: { accounts: 8, outages: 40 },
  })
  expect(report.worst.map(({ account }) => account)[0]).toBe('uae-4')
  expect(report.accounts[0]?.health.samples).toBe(60)
  expect(report.outageTimes.flat().reduce((a, b) => a + b)).toBe(40)
})

it('an agent that was dead until the end of the period did not serve then, though it does when the report is made', async () => {
  const at = (hours: number, type: string, data: object): KeptEvent => ({
    id: `e${hours}`,
    at: until + hours * HOUR,
    type,
    account: 'uae-1',
    ...data,
  })
  const back = (hours: number): KeptEvent =>
    at(hours, 'session.state-changed', { from: 'stopped', to: 'connecting', reason: 'asked' })
  const events = [
    at(-40, 'session.state-changed', { from: 'connecting', to: 'open', reason: 'opened' }),
    ...[-24, -23.5, -23].map((hour) => at(hour, 'health.scored', { score: 99, factors: {} })),
  ]
  const { accounts, ...parts } = await filledParts({ accounts: 1 })
  const shareOf = async (past: KeptEvent[], now: number): Promise<number | null> => {
    const live = () => ({ state: 'open', since: now, score: 99, acks: 0, ackMsSum: 0 }) as const
    const all = { ...parts, accounts, history: historyOf(past).history, ...(past !== events && { live }) }
    return (await makeReport(all, { type: 'daily', until }, now)).fleet.reliability
  }
  // An hour of scores, and the 35 minutes that a running agent may be silent.
  const served = (60 + 35) / (24 * 60)
  expect(await shareOf([...events, back(0.5)], until + 0.6 * HOUR)).toBeCloseTo(served, 5)
  expect(await shareOf([...events, back(0.01)], until + 0.02 * HOUR)).toBeCloseTo(served, 5)
  expect(await shareOf(events, until)).toBeCloseTo(served, 5)
})

it('a daily report has a seventh of it; the month says that there is nothing to compare with', async () => {
  const daily = await filledReport({ accounts: 2 }, 'daily')
  expect(daily.accounts[0]?.health.samples).toBeGreaterThan(6)
  expect(daily.accounts[0]?.health.samples).toBeLessThan(11)
  const monthly = await filledReport({ accounts: 2 }, 'monthly')
  expect(monthly.before).toBe(null)
  expect(monthly.notes.join(' ')).toMatch(/The history begins at 2026-11-06T.*nothing to compare with/)
})

it('accounts are chosen by id or phone, each once; an unknown one is refused by name', async () => {
  const parts = await filledParts({ accounts: 3 })
  const wish = { type: 'daily', until } as const
  const chosen = await makeReport(parts, { ...wish, phones: ['ksa-2', '971505760000', 'ksa-2'] }, until)
  expect(chosen.accounts.map(({ account }) => account)).toEqual(['ksa-2', 'uae-1'])
  await expect(makeReport(parts, { ...wish, phones: ['x'] }, until)).rejects.toThrow(UnknownAccountError)
})

it('phones are whole only where that is configured', async () => {
  const parts = await filledParts({ accounts: 1, weeks: 1 })
  const wish = { type: 'daily', until } as const
  expect(JSON.stringify(await makeReport(parts, wish, until))).not.toContain('+971505760000')
  const full = await makeReport({ ...parts, phones: 'full' }, wish, until)
  expect(full.accounts[0]?.phone).toBe('+971505760000')
})
