// A timer that fires late gives the sockets a moment to be read; one that fires in time does not wait.

import { expect, it, vi } from 'vitest'
import { afterQuiet } from '../../agent/late.ts'

it('fires at its time', () => {
  vi.useFakeTimers()
  const then = vi.fn()
  afterQuiet(1_000, then)
  vi.advanceTimersByTime(999)
  expect(then).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(then).toHaveBeenCalledTimes(1)
})

it('after the process stood still, waits a little more before it judges', () => {
  vi.useFakeTimers()
  const then = vi.fn()
  afterQuiet(1_000, then)
  // The clock went on while no timer could fire.
  const now = performance.now.bind(performance)
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 22_000)
  vi.advanceTimersByTime(1_000)
  expect(then).not.toHaveBeenCalled()
  vi.advanceTimersByTime(250)
  expect(then).toHaveBeenCalledTimes(1)
  vi.restoreAllMocks()
})

it('never fires when cancelled, before its time or in the extra moment', () => {
  vi.useFakeTimers()
  const then = vi.fn()
  afterQuiet(1_000, then)()
  const cancel = afterQuiet(1_000, then)
  const now = performance.now.bind(performance)
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 22_000)
  vi.advanceTimersByTime(1_000)
  cancel()
  vi.advanceTimersByTime(10_000)
  expect(then).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})
