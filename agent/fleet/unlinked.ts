// Which accounts of this process wait to be linked for the first time, as far as it can know: one that had a session is missed instead.

import type { Bus } from '../events.ts'

export class Unlinked {
  #waiting = new Set<string>()
  /** Accounts that had a session while this process ran. */
  #had = new Set<string>()

  constructor(bus: Bus) {
    bus.on('session.state-changed', ({ account, to }) => {
      if (account === undefined) return
      if (to === 'open' || to === 'logged-out') {
        this.#had.add(account)
        this.#waiting.delete(account)
      }
      // Between two attempts it dials: what it waits for is the same.
      if ((to === 'pairing' || to === 'waiting') && !this.#had.has(account)) this.#waiting.add(account)
    })
  }

  has(account: string): boolean {
    return this.#waiting.has(account)
  }
}
