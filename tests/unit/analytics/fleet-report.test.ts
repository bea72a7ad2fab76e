// The report adds up what the accounts say, names every problem, and compares with the oldest report that it remembers.

import { describe, expect, it, vi } from 'vitest'
import { fleetReport, type Master } from '../../../agent/analytics/fleet-report.ts'
import { Reporter } from '../../../agent/analytics/reporter.ts'
import { hear } from '../events/heard.ts'

const master = (account: string, more: Partial<Master> = {}): Master => ({
  account,
  pool: 'sales',
  role: 'primary',
  region: 'uae',
  mode: 'up',
  state: 'open',
  up: true,
  healthScore: 90,
  healthStatus: 'healthy',
  uptimePercent: 100,
  failurePercent: 1,
  share: 0.5,
  active: 0,
  issues: [],
  ...more,
})
const at = Date.parse('2026-11-21T10:00:00Z')

describe('a report', () => {
  it('totals, means, distribution', () => {
    const masters = [
      master('a', { share: 0.7 }),
      master('b', {
        state: 'connecting',
        up: false,
        uptimePercent: 50,
        failurePercent: 3,
        share: 0.3,
        healthScore: null,
        healthStatus: 'unknown',
      }),
    ]
    const report = fleetReport({ at, masters, recoveries: [100, 300], parked: 0, failovers: [] }, [])
    expect(report).toMatchObject({
      at: '2026-11-21T10:00:00.000Z',
      totals: {
        accounts: 2,
        up: 1,
        byState: { open: 1, connecting: 1 },
        byStatus: { healthy: 1, unknown: 1 },
      },
      uptimePercent: 75,
      failurePercent: 2,
      meanTimeToRecovery: 200,
      distribution: { sales: { a: 0.7, b: 0.3 } },
      openProblems: [{ account: 'b', problem: 'its session is connecting', severity: 'MEDIUM' }],
      trends: null,
    })
  })

  it('every problem: diagnoses, modes, parked messages', () => {
    const masters = [
      master('a', { mode: 'out', issues: [{ issue: 'ZOMBIE_SESSION', severity: 'CRITICAL' }] }),
    ]
    const { openProblems } = fleetReport({ at, masters, recoveries: [], parked: 7, failovers: [] }, [])
    expect(openProblems).toEqual([
      { account: 'a', problem: 'ZOMBIE_SESSION', severity: 'CRITICAL' },
      { account: 'a', problem: 'its mode is out', severity: 'LOW' },
      { account: null, problem: '7 messages are parked: no account may take them', severity: 'HIGH' },
    ])
  })

  it('an empty fleet has nothing to say and says so', () => {
    expect(fleetReport({ at, masters: [], recoveries: [], parked: 0, failovers: [] }, [])).toMatchObject({
      uptimePercent: null,
      failurePercent: null,
      meanTimeToRecovery: null,
      totals: { accounts: 0, up: 0 },
    })
  })

  it('the trend is against the oldest report', () => {
    const past = [{ at: at - 3_600_000, up: 2, score: 95, failurePercent: null }]
    const facts = { at, masters: [master('a')], recoveries: [], parked: 0, failovers: [] }
    expect(fleetReport(facts, past).trends).toEqual({
      since: '2026-11-21T09:00:00.000Z',
      up: -1,
      score: -5,
      failurePercent: null,
    })
  })
})

it('time in which somebody kept an account down is no part of the time to recovery', () => {
  const { bus } = hear()
  const reporter = new Reporter({ bus, masters: () => [], parked: () => 0 })
  const about = { account: 'a' }
  bus.emit('session.closed', { reason: 'stalled', code: null, detail: '', openForMs: 5 }, about)
  bus.emit('session.state-changed', { from: 'open', to: 'waiting', reason: 'stalled' }, about)
  bus.emit('session.state-changed', { from: 'waiting', to: 'stopped', reason: 'asked' }, about)
  bus.emit('session.opened', { ms: 1, reconnect: true }, about)
  expect(reporter.make().meanTimeToRecovery).toBeNull()
})

it('a process that stood still makes one report when it goes on, and says nothing on the terminal', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: at - 2_000 })
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  const { bus, of } = hear()
  const stop = new Reporter({ bus, masters: () => [], parked: () => 0 }).start()
  vi.setSystemTime(at + 3 * 3_600_000 + 20_000)
  await vi.advanceTimersByTimeAsync(10_000)
  vi.useRealTimers()
  await stop()
  expect([of('fleet.reported').length, warn.mock.calls]).toEqual([1, []])
})

it('the reporter remembers how long sessions took to come back, and an hour of reports', () => {
  vi.useFakeTimers()
  const { bus, of } = hear()
  let up = true
  const reporter = new Reporter({ bus, masters: () => [master('a', { up })], parked: () => 0 })
  const first = reporter.report()
  expect(reporter.report()).toBe(first)
  bus.emit('session.closed', { reason: 'stalled', code: null, detail: '', openForMs: 5 }, { account: 'a' })
  vi.advanceTimersByTime(2_000)
  bus.emit('session.opened', { ms: 1, reconnect: true }, { account: 'a' })
  up = false
  for (let i = 0; i < 70; i++) {
    vi.advanceTimersByTime(60_000)
    reporter.make()
  }
  const { meanTimeToRecovery, trends } = reporter.report()
  expect(meanTimeToRecovery).toBeCloseTo(2_000, -1)
  // An hour ago it was down as well; the report of the start is forgotten.
  expect(trends?.up).toBe(0)
  expect(of('fleet.reported')).toHaveLength(71)
  vi.useRealTimers()
})
