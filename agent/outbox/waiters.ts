// Callers who wait for the end of a message: told at once by this process, and by the store where another one sent it.

import type { MessageRow } from './row.ts'

/** Another node may be the one that sends it: the store is asked so often, in milliseconds. */
const ASK_EVERY_MS = 500

export class Waiters {
  #waiting = new Map<string, Set<(row: MessageRow) => void>>()
  #over = false

  tell(row: MessageRow): void {
    for (const told of this.#waiting.get(row.id) ?? []) told(row)
  }

  /** From now on nobody waits. */
  end(): void {
    this.#over = true
    for (const set of this.#waiting.values()) for (const told of set) told(null as never)
  }

  /** The row when it has ended, or as it is after `ms`. @param ask reads it; rejections are the caller's */
  async wait(id: string, ms: number, ask: () => Promise<MessageRow | null>): Promise<MessageRow | null> {
    const endsAt = performance.now() + ms
    for (;;) {
      const woken = this.#woken(id, Math.min(ASK_EVERY_MS, Math.max(0, endsAt - performance.now())))
      const row = await ask()
      if (!row || row.open === 0 || this.#over || performance.now() >= endsAt) {
        woken.cancel()
        return row
      }
      const told = await woken.promise
      if (told) return told
    }
  }

  /** Listening begins before the store is asked, so that nothing falls between. */
  #woken(id: string, ms: number): { promise: Promise<MessageRow | null>; cancel(): void } {
    const { promise, resolve } = Promise.withResolvers<MessageRow | null>()
    const set = this.#waiting.get(id) ?? new Set()
    this.#waiting.set(id, set)
    const done = (row: MessageRow | null): void => {
      clearTimeout(timer)
      set.delete(done)
      if (set.size === 0 && this.#waiting.get(id) === set) this.#waiting.delete(id)
      resolve(row)
    }
    const timer = setTimeout(() => done(null), ms)
    set.add(done)
    return { promise, cancel: () => done(null) }
  }
}
