// The monitor's picture follows the events: a zombie is never called healthy, news is told once, and a large fleet does not hold the loop.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HealthMonitor } from '../../../agent/health/monitor.ts'
import type { View } from '../../../agent/health/view.ts'
import { hear } from '../events/heard.ts'
import { MINUTE, settle, stage } from './monitor-stage.ts'
import { thresholds, weights } from './settings.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }))
afterEach(() => void vi.useRealTimers())

describe('a zombie', () => {
  it('is capped the moment its evidence is lost, while everything before was perfect', async () => {
    const { monitor, bus, about, pass, views, of } = stage()
    await pass(30 * MINUTE)
    for (let i = 0; i < 20; i++) bus.emit('message.acked', { messageId: `m${i}`, ms: 100 }, about)
    await monitor.pass()
    expect(monitor.report('a-1')).toMatchObject({ score: 100, status: 'healthy', caps: [] })
    bus.emit('session.evidence-lost', { reason: 'stalled', silentMs: 4_500 }, about)
    await settle()
    const report = monitor.report('a-1')
    expect(report).toMatchObject({ score: 25, status: 'unhealthy', caps: [{ name: 'zombie', at: 25 }] })
    expect(report?.findings.map(({ issue }) => issue)).toEqual(['ZOMBIE_SESSION'])
    expect(of('health.status-changed')).toMatchObject([
      { from: 'healthy', to: 'unhealthy', score: 25, caps: ['zombie'] },
    ])
    expect(of('diagnosis.found')).toMatchObject([{ issue: 'ZOMBIE_SESSION', severity: 'CRITICAL' }])
    // It dials and hangs: still a zombie.
    Object.assign(views[0] as View, { state: 'connecting', up: false })
    bus.emit('session.state-changed', { from: 'open', to: 'connecting', reason: 'stalled' }, about)
    await settle()
    expect(monitor.report('a-1')?.caps[0]?.name).toBe('zombie')
    // Back.
    Object.assign(views[0] as View, { state: 'open', up: true })
    bus.emit('session.opened', { ms: 100, reconnect: true }, about)
    bus.emit('session.state-changed', { from: 'connecting', to: 'open', reason: 'opened' }, about)
    await settle()
    expect(monitor.report('a-1')?.caps).toEqual([])
    expect(of('diagnosis.cleared')).toMatchObject([{ issue: 'ZOMBIE_SESSION' }])
  })
})

describe('uptime', () => {
  it('is the share of the time in which the session was up', async () => {
    const { monitor, pass, views } = stage()
    await pass(9 * MINUTE)
    Object.assign(views[0] as View, { state: 'connecting', up: false })
    await pass(MINUTE)
    await monitor.pass()
    expect(monitor.report('a-1')?.factors[0]?.value).toBeCloseTo(90, 1)
  })

  it('counts no time in which the process did not turn, and none before the first opening', async () => {
    const { monitor, pass, views, sleepOnlyHere } = stage()
    Object.assign(views[0] as View, { state: 'connecting', up: false })
    await pass(50_000)
    Object.assign(views[0] as View, { state: 'open', up: true })
    await pass(5 * MINUTE)
    sleepOnlyHere(60 * MINUTE)
    Object.assign(views[0] as View, { up: false })
    monitor.tick(10_000)
    await monitor.pass()
    expect(monitor.report('a-1')?.factors[0]?.value).toBeCloseTo((100 * 300) / 310, 1)
  })
})

describe('a session that is down', () => {
  it('is called so within a minute, without any event and between two passes', async () => {
    const { monitor, pass, views } = stage()
    await pass(30 * MINUTE)
    await monitor.pass()
    Object.assign(views[0] as View, { state: 'connecting', up: false })
    await pass(55_000)
    expect(monitor.report('a-1')).toMatchObject({ status: 'unhealthy', caps: [{ name: 'down', at: 50 }] })
    Object.assign(views[0] as View, { state: 'open', up: true })
    await pass(40_000)
    expect(monitor.report('a-1')?.caps).toEqual([])
  })

  it('and comes up for a moment every minute stays down', async () => {
    const { monitor, pass, views } = stage()
    await pass(30 * MINUTE)
    for (let turn = 0; turn < 10; turn++) {
      Object.assign(views[0] as View, { state: 'connecting', up: false })
      await pass(55_000)
      Object.assign(views[0] as View, { state: 'open', up: true })
      await pass(5_000)
      await monitor.pass()
      expect(monitor.report('a-1')?.status).toBe('unhealthy')
    }
  })
})

describe('what is counted', () => {
  it('faults of the caller are not held against the account', async () => {
    const { monitor, bus, about } = stage()
    bus.emit('message.failed', { messageId: 'm', code: 'not-on-whatsapp', outcome: 'failed' }, about)
    bus.emit('message.failed', { messageId: 'm', code: 'id-taken', outcome: 'failed' }, about)
    await monitor.pass()
    expect(monitor.report('a-1')?.confidence).toBe(0)
    bus.emit('message.failed', { messageId: 'm', code: 'ack-timeout', outcome: 'unknown' }, about)
    await monitor.pass()
    expect(monitor.report('a-1')?.factors.find(({ name }) => name === 'errorRate')?.value).toBe(100)
  })

  it('a message that could not be read and came again was handled; one whose handler failed was not', async () => {
    const { monitor, bus, about } = stage()
    bus.emit('message.undecryptable', { messageId: 'm1' }, about)
    bus.emit('message.received', { messageId: 'm1', offline: false }, about)
    bus.emit('message.received', { messageId: 'm2', offline: false }, about)
    bus.emit('message.handler-failed', { messageId: 'm2', detail: 'x' }, about)
    await monitor.pass()
    const processing = monitor.report('a-1')?.factors.find(({ name }) => name === 'messageProcessing')
    expect(processing?.value).toBe(50)
  })
})

describe('news', () => {
  it('is told when the score moves by a point, the status changes, or half an hour has passed', async () => {
    const { monitor, pass, of } = stage()
    await pass(MINUTE)
    await monitor.pass()
    expect(of('health.scored')).toHaveLength(1)
    for (let i = 0; i < 29; i++) {
      await pass(MINUTE)
      await monitor.pass()
    }
    expect(of('health.scored')).toHaveLength(1)
    await pass(2 * MINUTE)
    await monitor.pass()
    expect(of('health.scored')).toHaveLength(2)
    expect(of('health.scored')[1]).toMatchObject({ score: 100, status: 'healthy', factors: { uptime: 100 } })
  })

  it('what shows by the passing of time alone is found by a glance', async () => {
    const { monitor, bus, about, of } = stage()
    await monitor.pass()
    bus.emit('pairing.code-viewed', { attempt: 1, index: 1, lifeLeftMs: 1 }, about)
    await vi.advanceTimersByTimeAsync(31_000)
    await monitor.glance()
    expect(of('diagnosis.found')).toMatchObject([{ issue: 'SLOW_QR_SCAN' }])
  })
})

it('accounts that are gone are forgotten', async () => {
  const { monitor, views } = stage(2)
  await monitor.pass()
  expect(monitor.reports()).toHaveLength(2)
  views.pop()
  await monitor.pass()
  expect(monitor.reports().map(({ account }) => account)).toEqual(['a-1'])
})

it('ten thousand accounts are scored in slices, and others get their turn in between', async () => {
  vi.useRealTimers()
  const heard = hear()
  const views: View[] = Array.from({ length: 10_000 }, (_, i) => ({
    account: `a-${i}`,
    state: 'open',
    since: 0,
    up: true,
    lastEvidenceAt: Date.now(),
    lastDisconnect: null,
    restriction: null,
  }))
  const monitor = new HealthMonitor({
    bus: heard.bus,
    views: () => views,
    view: () => undefined,
    weights,
    thresholds,
  })
  let turns = 0
  const timer = setInterval(() => (turns += 1), 1)
  await monitor.pass()
  clearInterval(timer)
  expect(monitor.reports()).toHaveLength(10_000)
  expect(turns).toBeGreaterThan(3)
})
