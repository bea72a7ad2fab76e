// Who listens to which channel of this process; a listener that throws harms neither the teller nor the other listeners.

import type { Heard } from './sql.ts'

export class Channels {
  #listeners = new Map<string, Set<Heard>>()
  #onError: (error: unknown) => void

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  names(): string[] {
    return [...this.#listeners.keys()]
  }

  has(channel: string): boolean {
    return this.#listeners.has(channel)
  }

  /** Adds a listener; the same function twice is told twice. Answers the function that removes it. */
  add(channel: string, heard: Heard): () => void {
    const own: Heard = (payload) => heard(payload)
    const set = this.#listeners.get(channel) ?? new Set<Heard>()
    this.#listeners.set(channel, set.add(own))
    return () => {
      set.delete(own)
      if (set.size === 0 && this.#listeners.get(channel) === set) this.#listeners.delete(channel)
    }
  }

  tell(channel: string, payload: string | null): void {
    for (const heard of [...(this.#listeners.get(channel) ?? [])]) {
      try {
        heard(payload)
      } catch (error) {
        this.#onError(error)
      }
    }
  }

  /** Tells everybody that something may have been missed. */
  tellMissed(): void {
    for (const channel of this.names()) this.tell(channel, null)
  }

  clear(): void {
    this.#listeners.clear()
  }
}
