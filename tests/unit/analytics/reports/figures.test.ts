// The figures of one account and of the fleet, against what a person counts from a few events.

import { describe, expect, it } from 'vitest'
import { accountPart, type Live } from '../../../../agent/analytics/reports/account.ts'
import { issuesOf } from '../../../../agent/analytics/reports/issues.ts'
import { notesOf } from '../../../../agent/analytics/reports/notes.ts'
import { outageTimes } from '../../../../agent/analytics/reports/outage-times.ts'
import { shownPhone } from '../../../../agent/analytics/reports/phones.ts'
import { lineOf, partsOf } from '../../../../agent/analytics/reports/scores.ts'
import { silentMs } from '../../../../agent/analytics/reports/service.ts'
import { totalsOf, worstOf } from '../../../../agent/analytics/reports/totals.ts'
import type { KeptEvent } from '../../../../agent/history/port.ts'

const HOUR = 3_600_000
const from = Date.parse('2026-11-20T00:00:00Z')
const range = { from, until: from + 24 * HOUR }
let n = 0
const event = (hour: number, type: string, data: object): KeptEvent => ({
  id: `e${++n}`,
  at: from + hour * HOUR,
  type,
  account: 'uae-1',
  ...data,
})
const scored = (hour: number, score: number, factors = {}) => event(hour, 'health.scored', { score, factors })
const listed = { account: 'uae-1', phone: '+971*******56', pool: 'sales', role: 'primary', region: 'uae' }
const part = (events: KeptEvent[], live: Live | null = null, account = 'uae-1') =>
  accountPart(
    {
      listed: { ...listed, account },
      events,
      live,
      counted: live !== null,
      now: range.until,
      silentMs: silentMs(),
    },
    range,
  )

const aDay = [
  event(-10, 'session.state-changed', { from: 'connecting', to: 'open', reason: 'opened' }),
  event(-5, 'pairing.code-issued', {}),
  scored(1, 90, { uptime: 99, responseTime: 1_000, messageProcessing: 98 }),
  event(2, 'session.state-changed', { from: 'open', to: 'waiting', reason: 'refused' }),
  event(3, 'session.state-changed', { from: 'waiting', to: 'open', reason: 'opened' }),
  scored(4, 70, { uptime: 97, responseTime: 3_000, messageProcessing: null }),
  event(5, 'pairing.code-issued', {}),
  event(5, 'pairing.code-issued', {}),
  event(5.5, 'pairing.regenerated', {}),
  event(6, 'pairing.scanned', { scanMs: 10_000 }),
  event(6, 'pairing.scanned', { scanMs: null }),
  event(7, 'message.failed', { code: 'timeout' }),
  event(8, 'message.ended', { state: 'failed', code: 'nack-479' }),
  // What a person takes back has not failed.
  event(8, 'message.ended', { state: 'failed', code: 'cancelled' }),
  event(8, 'message.ended', { state: 'unknown', code: 'cancelled' }),
  event(9, 'failover.ended', { outcome: 'active' }),
  event(9, 'failover.ended', { outcome: 'parked' }),
  event(12, 'session.state-changed', { from: 'open', to: 'failed', reason: 'banned' }),
]

it('an account: every figure is what the events say', () => {
  expect(part(aDay).report).toMatchObject({
    known: true,
    health: { now: 70, mean: 80, lowest: 70, samples: 2, direction: 'falling' },
    // Away from 2 to 3 and from 12 on: 11 of 24 hours.
    recovery: { reliability: 11 / 24, uptime: 0.98, outages: 2, recoveries: 1, meanTimeToRecovery: HOUR },
    qr: { generated: 2, regenerations: 1, scans: 2, averageTimeToConnect: 10_000 },
    messages: { acknowledged: null, failed: 1, failedAttempts: 1, processed: 0.98, meanTimeToAck: 2_000 },
    failovers: { active: 1, parked: 1 },
    issues: [],
  })
})

it('what is counted in memory is used where it is of this very time', () => {
  const live: Live = { state: 'open', since: from, score: 66, acks: 4, ackMsSum: 2_000 }
  const { health, messages } = part(aDay, live).report
  expect([health.now, messages.acknowledged, messages.meanTimeToAck]).toEqual([66, 4, 500])
})

it('acknowledged messages of the fleet are those of all its accounts, or not known', () => {
  const live: Live = { state: 'open', since: from, score: 66, acks: 4, ackMsSum: 2_000 }
  const counted = part(aDay, live)
  expect(totalsOf([counted, part([]), counted]).messages.acknowledged).toBe(8)
  expect(totalsOf([counted, part(aDay)]).messages.acknowledged).toBe(null)
})

it('an account without a history is not known, and no figure of the fleet has it', () => {
  const nobody = part([])
  expect(nobody.report).toMatchObject({
    known: false,
    health: { mean: null },
    recovery: { reliability: null },
  })
  const totals = totalsOf([part(aDay), nobody])
  expect(totals).toMatchObject({
    accounts: 2,
    known: 1,
    health: { mean: 80, lowest: 70 },
    reliability: 11 / 24,
    meanTimeToRecovery: HOUR,
    failovers: 2,
    messages: { acknowledged: null, failed: 1 },
  })
  expect(totalsOf([nobody])).toMatchObject({
    known: 0,
    reliability: null,
    uptime: null,
    meanTimeToRecovery: null,
  })
})

it('the worst are the lowest means below 100, by name where they are equal', () => {
  const of = (account: string, score: number) => part([scored(1, score)], null, account)
  const parts = [
    of('a-5', 100),
    of('a-4', 50),
    of('a-3', 50),
    of('a-2', 20),
    of('a-1', 99),
    part([], null, 'a-0'),
  ]
  expect(worstOf(parts, 3).map(({ report }) => report.account)).toEqual(['a-2', 'a-3', 'a-4'])
  expect(worstOf(parts.slice(0, 1), 3)).toEqual([])
})

describe('issues', () => {
  const found = (hour: number, issue: string, severity = 'HIGH') =>
    event(hour, 'diagnosis.found', { issue, severity })
  const cleared = (hour: number, issue: string) => event(hour, 'diagnosis.cleared', { issue })

  it('count from the beginning of the period to its end, twice where they came twice', () => {
    const said = issuesOf(
      [
        found(-9, 'STALE_SESSION', 'LOW'),
        found(-8, 'NETWORK_ISSUES'),
        cleared(-1, 'NETWORK_ISSUES'),
        cleared(2, 'STALE_SESSION'),
        found(4, 'RECONNECT_LOOP'),
        found(4.5, 'RECONNECT_LOOP'),
        cleared(5, 'RECONNECT_LOOP'),
        found(22, 'RECONNECT_LOOP', 'CRITICAL'),
        cleared(23, 'NOT_FOUND'),
      ],
      range,
    )
    expect(said.map(({ recommendation, ...rest }) => [rest, recommendation.length > 20])).toEqual([
      [{ issue: 'RECONNECT_LOOP', severity: 'CRITICAL', times: 2, heldMs: 3 * HOUR, holds: true }, true],
      [{ issue: 'STALE_SESSION', severity: 'LOW', times: 1, heldMs: 2 * HOUR, holds: false }, true],
    ])
  })

  it('of a newer version are shown with where to look', () => {
    expect(issuesOf([found(1, 'BRAND_NEW')], range)[0]?.recommendation).toContain('/api/diagnoses')
  })
})

it('outages stand at the hour that people lived, change of clocks included', () => {
  // In Berlin the clocks went from 03:00 back to 02:00 on 25 October 2026, at 01:00 UTC.
  const times = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-26T23:59:59Z'].map(Date.parse)
  const berlin = outageTimes(times, 'Europe/Berlin')
  expect(berlin[6]?.[2]).toBe(2)
  expect(berlin[1]?.[0]).toBe(1)
  expect(berlin.flat().reduce((a, b) => a + b)).toBe(3)
  expect(outageTimes(times, 'Asia/Kathmandu')[6]?.slice(6, 8)).toEqual([1, 1])
})

it('scores become parts of the period; a silent part has the score that was told last', () => {
  const samples = [1, 2, 13].map((hour) => ({ at: from + hour * HOUR, score: hour * 10 - 5 }))
  expect(partsOf(samples, range, 4)).toEqual([10, 15, 125, 125])
  expect(partsOf([], range, 2)).toEqual([null, null])
  expect(partsOf(samples.slice(2), range, 4)).toEqual([null, null, 125, 125])
  const { points } = lineOf('uae-1', samples, range, 'daily')
  expect([points.length, points[0]]).toEqual([48, { at: '2026-11-20T00:15:00.000Z', score: null }])
})

it('a phone number is masked but for what tells two apart', () => {
  expect(shownPhone('+971505760056', 'masked')).toBe('+971*******56')
  expect(shownPhone('+1234567', 'masked')).toBe('+123**67')
  expect(shownPhone('+971505760056', 'full')).toBe('+971505760056')
})

it('gaps are said', () => {
  const gaps = { range, accounts: 2, unknown: [], oldest: from, cut: [], uncounted: false, compared: true }
  expect(notesOf(gaps)).toEqual([])
  expect(notesOf({ ...gaps, accounts: 0 })).toEqual(['There are no accounts.'])
  expect(notesOf({ ...gaps, unknown: ['a-1', 'a-2'] })[0]).toContain('no history of this period')
  const all = notesOf({
    ...gaps,
    accounts: 20,
    unknown: Array.from({ length: 12 }, (_, i) => `a-${i}`),
    oldest: from + 12 * HOUR,
    cut: [{ account: 'b-1', at: from + HOUR }],
    uncounted: true,
    compared: false,
  })
  expect(all).toHaveLength(5)
  expect(all[0]).toMatch(/^12 of 20 accounts .* a-9 and 2 more\.$/)
  expect(all[1]).toContain('2026-11-20T12:00:00.000Z')
})
