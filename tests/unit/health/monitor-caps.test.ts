// Evidence caps the score at once, however good the day was, and lifts the cap as soon as the contrary is proven.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { View } from '../../../agent/health/view.ts'
import { MINUTE, settle, stage } from './monitor-stage.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }))
afterEach(() => void vi.useRealTimers())

describe('at one message a minute', () => {
  it('the third without an acknowledgement caps a score that was perfect, and the next acknowledgement lifts the cap', async () => {
    const { monitor, bus, about, pass, of } = stage()
    await pass(30 * MINUTE)
    for (let i = 0; i < 200; i++) bus.emit('message.acked', { messageId: `m${i}`, ms: 100 }, about)
    await monitor.pass()
    for (let i = 0; i < 3; i++) {
      expect(monitor.report('a-1')?.status).not.toBe('unhealthy')
      await pass(MINUTE)
      bus.emit('message.failed', { messageId: `u${i}`, code: 'ack-timeout', outcome: 'unknown' }, about)
      await settle()
    }
    expect(monitor.report('a-1')).toMatchObject({
      score: 40,
      status: 'unhealthy',
      caps: [{ name: 'unacknowledged', at: 40 }],
    })
    expect(of('diagnosis.found')).toMatchObject([{ issue: 'UNACKNOWLEDGED_MESSAGES', severity: 'HIGH' }])
    bus.emit('message.acked', { messageId: 'm', ms: 100 }, about)
    await settle()
    expect(monitor.report('a-1')?.caps).toEqual([])
    expect(of('diagnosis.cleared')).toMatchObject([{ issue: 'UNACKNOWLEDGED_MESSAGES' }])
  })
})

describe('a session that does not hear', () => {
  it('is capped with the second test that it misses, while it says open and answers, until anything is received', async () => {
    const { monitor, bus, about, pass, of } = stage()
    await pass(30 * MINUTE)
    await monitor.pass()
    const missed = { outcome: 'not-received', from: 'a-2', ms: 30_000 } as const
    bus.emit('canary.probed', { ...missed, messageId: 'c1' }, about)
    await settle()
    expect(monitor.report('a-1')?.caps).toEqual([])
    bus.emit('canary.probed', { ...missed, messageId: 'c2' }, about)
    await settle()
    expect(monitor.report('a-1')).toMatchObject({ status: 'unhealthy', caps: [{ name: 'deaf', at: 25 }] })
    expect(of('diagnosis.found')).toMatchObject([{ issue: 'DEAF_SESSION', severity: 'CRITICAL' }])
    bus.emit('message.received', { messageId: 'm', offline: false }, about)
    await settle()
    expect(monitor.report('a-1')?.caps).toEqual([])
  })
})

describe('a temporary ban', () => {
  it('is worth nothing from the refused login on, although the session only dials', async () => {
    const { monitor, bus, about, pass, views } = stage()
    await pass(30 * MINUTE)
    await monitor.pass()
    const lastDisconnect = { at: Date.now(), reason: 'temporarily-banned', code: 402 } as const
    Object.assign(views[0] as View, { state: 'connecting', up: false, lastDisconnect })
    const closed = { reason: 'temporarily-banned', code: 402, detail: '', openForMs: null } as const
    bus.emit('session.closed', closed, about)
    await settle()
    expect(monitor.report('a-1')).toMatchObject({ score: 0, caps: [{ name: 'temporarily-banned', at: 0 }] })
    Object.assign(views[0] as View, { state: 'open', up: true })
    bus.emit('session.state-changed', { from: 'connecting', to: 'open', reason: 'opened' }, about)
    await settle()
    expect(monitor.report('a-1')?.caps).toEqual([])
  })
})
