// A dead session is declared dead once and in time; one that still hears anything from the server is not.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { hang } from './scripted-socket.ts'
import { answered, pass, refused, watch } from './watch-stage.ts'

beforeEach(() => vi.useFakeTimers({ now: 1_700_000_000_000 }))
afterEach(() => vi.useRealTimers())

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

it('two questions at once, both unanswered, are one death', async () => {
  const { watched, deaths, asked } = watch(hang)
  const both = Promise.all([watched.probe('manual'), watched.probe('manual')])
  await pass(1_500)
  expect(await both).toEqual([false, false])
  expect(deaths).toHaveLength(1)
  expect(asked(), 'and one ping').toBe(1)
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
