// A missing acknowledgement makes the watch look sooner, without flooding the server, and many of them are an end of their own.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { hang } from './scripted-socket.ts'
import { answered, pass, watch } from './watch-stage.ts'

beforeEach(() => vi.useFakeTimers({ now: 1_700_000_000_000 }))
afterEach(() => vi.useRealTimers())

describe('a message without its acknowledgement', () => {
  it('brings the question forward, and silence ends the session within the two deadlines', async () => {
    const { watched, deaths, of } = watch(hang)
    await pass(7_000)
    watched.awaits('M1')
    await pass(5_000)
    expect(of('session.suspected')).toMatchObject([{ suspicion: 'ack-overdue' }])
    await pass(1_500)
    expect(deaths).toEqual([['stalled', 13_500]])
  })

  it.each(['answered', 'abandoned'] as const)('is no longer asked about once it is %s', async (how) => {
    const { watched, asked } = watch(answered)
    watched.awaits('M1')
    await pass(4_000)
    watched[how]('M1')
    watched.frame()
    await pass(20_000)
    expect(asked()).toBe(0)
  })

  it('counts from the oldest: a later acknowledgement does not hide it', async () => {
    const { watched, of } = watch(answered)
    watched.awaits('M1')
    await pass(4_000)
    watched.awaits('M2')
    watched.answered('M2')
    await pass(1_100)
    expect(of('session.suspected')).toMatchObject([{ suspicion: 'ack-overdue' }])
  })

  it('costs one ping per ack deadline, not one per look', async () => {
    const { watched, asked } = watch(answered)
    watched.awaits('M1')
    await pass(60_000)
    expect(asked()).toBeGreaterThanOrEqual(11)
    expect(asked()).toBeLessThanOrEqual(12)
  })

  it('three of them, with pongs and no ack at all, are the end of a dead message path', async () => {
    const { watched, deaths } = watch(answered)
    await pass(1)
    for (const id of ['M1', 'M2', 'M3']) watched.awaits(id)
    await pass(19_000)
    expect(deaths).toEqual([])
    await pass(6_000)
    expect(deaths).toMatchObject([['acks-withheld', expect.any(Number)]])
  })

  it('an acknowledgement just after the first of them was written does not hide those behind it', async () => {
    const { watched, deaths } = watch(answered)
    watched.awaits('M0')
    watched.awaits('M1')
    await pass(1)
    watched.answered('M0')
    await pass(1)
    for (const id of ['M2', 'M3', 'M4']) watched.awaits(id)
    expect(watched.withheld).toEqual({ count: 3, ms: 0 })
    await pass(25_000)
    expect(deaths).toMatchObject([['acks-withheld', expect.any(Number)]])
  })

  it('three of them, while others are acknowledged, are not', async () => {
    const { watched, deaths } = watch(answered)
    for (const id of ['M1', 'M2', 'M3']) watched.awaits(id)
    await pass(10_000)
    watched.awaits('M4')
    watched.answered('M4')
    await pass(60_000)
    expect(deaths).toEqual([])
  })
})
