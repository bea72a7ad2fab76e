// Waiting for a condition with a deadline: a test never sleeps and hopes.

import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Resolves with the first answer that is neither false, null nor undefined.
 * Rejects after `withinMs` with the words of `what`, which may be made when the time is up.
 */
export async function until<T>(
  what: string | (() => string),
  ask: () => T | Promise<T>,
  withinMs = 10_000,
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== false && answer !== null && answer !== undefined)
      return answer as Exclude<T, false | null | undefined>
    if (performance.now() > deadline)
      throw new Error(`not within ${withinMs} ms: ${typeof what === 'string' ? what : what()}`)
    await sleep(20)
  }
}
