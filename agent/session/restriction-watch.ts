// Remembers whether WhatsApp restricts the account and asks again until it no longer does: nobody tells us when a restriction ends.

import type { Restriction, Socket } from './socket.ts'

/** How often a restriction without a known end is asked about, and the longest wait for one with an end. */
const ASK_AGAIN_MS = 10 * 60_000

export class RestrictionWatch {
  #current: Restriction | null = null
  #timer: NodeJS.Timeout | undefined
  #socket: () => Socket | null

  constructor(socket: () => Socket | null) {
    this.#socket = socket
  }

  get current(): Restriction | null {
    return this.#current
  }

  /** Takes what WhatsApp says; answers whether that changes anything. */
  update(next: Restriction | null): boolean {
    const changed = this.#current?.kind !== next?.kind || this.#current?.untilMs !== next?.untilMs
    this.#current = next
    this.stop()
    if (next) {
      const untilEnd =
        next.untilMs === null ? ASK_AGAIN_MS : Math.max(1_000, next.untilMs - Date.now() + 1_000)
      this.#timer = setTimeout(() => this.check(), Math.min(ASK_AGAIN_MS, untilEnd))
      this.#timer.unref()
    }
    return changed
  }

  /** Asks WhatsApp; the answer comes back through the socket's listener. */
  check(): void {
    const asked = this.#socket()?.checkRestriction()
    // Not answered: what is known stays known, and the question is put again.
    asked?.catch(() => {
      if (this.#current) this.update(this.#current)
    })
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
