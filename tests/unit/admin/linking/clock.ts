// A clock that goes when the test says so, for everything that measures time; what only hands on to the next step stays real.

import { onTestFinished, vi } from 'vitest'

export const start = 1_700_000_000_000

/** Stops the clock until the end of the test; answers the function that lets milliseconds pass. */
export function stopClock(): (ms: number) => Promise<void> {
  vi.useFakeTimers({
    now: start,
    toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
  })
  // Faked by hand: whoever has kept the real object, as the cache of links does, would not notice another one.
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => Date.now())
  onTestFinished(() => {
    spy.mockRestore()
    vi.useRealTimers()
  })
  return async (ms) => void (await vi.advanceTimersByTimeAsync(ms))
}
