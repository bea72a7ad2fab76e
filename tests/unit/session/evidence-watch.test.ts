// A dead session is declared dead once and in time; one that still hears anything from the server is not.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EvidenceWatch } from '../../../agent/session/evidence-watch.ts'
import { hear } from '../events/heard.ts'
import { hang, settings } from './scripted-socket.ts'

beforeEach(() => vi.useFakeTimers({ now: 1_700_000_000_000 }))
afterEach(() => vi.useRealTimers())

/** A watch over a socket that answers pings as the list says; the last entry stays. */
function watch(...pings: (() => Promise<void>)[]) {
  const heard = hear()
  const deaths: [string, number][] = []
  let asked = 0
  const socket = {
    ping: () => {
      const answer = pings[Math.min(asked, pings.length - 1)] ?? (async () => {})
      asked += 1
      return answer()
    },
  }
  const watched = new EvidenceWatch(socket, settings, heard.bus, { account: 'uae-1' }, (reason, silentMs) =>
    deaths.push([reason, silentMs]),
  )
  return { ...heard, watched, deaths, asked: () => asked }
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const answered = async (): Promise<void> => {}
const refused = () => Promise.reject(new Error('Connection Closed'))

describe('an idle session', () => {
  it('is asked at the probe interval, and lives when it answers', async () => {
    const { asked, deaths, of, watched } = watch(answered)
    await pass(29_990)
    expect(asked()).toBe(0)
    await pass(20)
    expect(asked()).toBe(1)
    expect(of('session.suspected')).toMatchObject([{ account: 'uae-1', suspicion: 'idle', silentMs: 30_000 }])
    expect(of('session.probed')).toMatchObject([{ suspicion: 'idle', outcome: 'ok' }])
    expect(deaths).toEqual([])
    expect(watched.fresh).toBe(true)
  })

  it.each([
    ['never answers', hang, 1_500, 'timeout'],
    ['cannot be written to', refused, 0, 'error'],
    ['has a library that gives up first', () => Promise.reject(new Error('Timed Out')), 0, 'timeout'],
  ])('that %s is dead, once', async (_, ping, afterMs, outcome) => {
    const { deaths, of, watched } = watch(ping)
    await pass(30_000 + afterMs + 10)
    expect(deaths).toEqual([['stalled', 30_000 + afterMs]])
    expect(of('session.probed')).toMatchObject([{ outcome }])
    expect(watched.fresh).toBe(false)
    await pass(300_000)
    expect(deaths).toHaveLength(1)
    expect(of('session.evidence-lost')).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('that sends frames while a ping hangs is alive: the silence of pings alone is no death', async () => {
    const { deaths, watched, of } = watch(hang)
    await pass(30_500)
    watched.frame()
    await pass(1_500)
    expect(of('session.probed')).toMatchObject([{ outcome: 'timeout' }])
    expect(deaths).toEqual([])
    await pass(28_000)
    expect(deaths).toEqual([])
    await pass(3_000)
    expect(deaths).toHaveLength(1)
  })

  it('is never asked while frames keep coming', async () => {
    const { watched, asked } = watch(answered)
    for (let i = 0; i < 60; i++) {
      watched.frame()
      await pass(10_000)
    }
    expect(asked()).toBe(0)
  })
})

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

it('two questions at once, both unanswered, are one death', async () => {
  const { watched, deaths } = watch(hang)
  const both = Promise.all([watched.probe('manual'), watched.probe('manual')])
  await pass(1_500)
  expect(await both).toEqual([false, false])
  expect(deaths).toHaveLength(1)
})

it('after stop nothing is asked, said or left to fire', async () => {
  const { watched, events, asked, deaths } = watch(hang)
  const probe = watched.probe('manual')
  watched.stop()
  const said = events.length
  await pass(120_000)
  expect(await probe).toBe(false)
  expect({ asked: asked(), deaths, said: events.length }).toEqual({ asked: 1, deaths: [], said })
  expect(vi.getTimerCount()).toBe(0)
})

it('says when it will look again', async () => {
  const { watched } = watch(answered)
  expect(watched.nextLookAt).toBe(Date.now() + 5_000)
  await pass(28_000)
  expect(watched.nextLookAt).toBe(Date.now() + 2_000)
})
