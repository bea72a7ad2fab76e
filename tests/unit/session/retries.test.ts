// A session dials at once only the first time it is asked to; a server that repeats itself gets the back-off.

import { beforeEach, expect, it, vi } from 'vitest'
import { Retries } from '../../../agent/session/retries.ts'
import { hear } from '../events/heard.ts'

beforeEach(() => void vi.useFakeTimers())

function retries() {
  const heard = hear()
  const backoff = { baseMs: 1_000, capMs: 60_000 }
  const made = new Retries(heard.bus, { account: 'uae-1' }, backoff, () => 0.5)
  const delays = () => heard.of('session.retry-scheduled').map(({ delayMs }) => delayMs)
  return { retries: made, delays }
}

it('asked again and again for a restart at once, it obeys once and then backs off', () => {
  const { retries: r, delays } = retries()
  for (let i = 0; i < 5; i++) r.schedule('now', 'restart-required', () => {})
  expect(delays()).toEqual([0, 500, 1_000, 2_000, 4_000])
})

it('obeys again after a stable connection, a scan or a person', () => {
  const { retries: r, delays } = retries()
  r.schedule('now', 'restart-required', () => {})
  r.forget()
  r.schedule('now', 'restart-required', () => {})
  expect(delays()).toEqual([0, 0])
  expect(r.failures).toBe(0)
})

it('says when it will dial, dials once, and forgets when it is cancelled', () => {
  const { retries: r } = retries()
  const dial = vi.fn()
  r.schedule('backoff', 'refused', dial)
  expect(r.at).toBe(Date.now() + 500)
  vi.advanceTimersByTime(500)
  expect(dial).toHaveBeenCalledTimes(1)
  expect(r.at).toBeNull()
  r.schedule('backoff', 'refused', dial)
  r.cancel()
  vi.advanceTimersByTime(60_000)
  expect(dial).toHaveBeenCalledTimes(1)
})
