// Whether a session hears: test messages that the server took and that never came, in a row, with nothing received in between.

import type { AnyEvent } from '../events.ts'
import type { Row } from './unanswered.ts'

/** One that does not come may have been lost on the sender's side. */
const ENOUGH = 2

export class Hearing {
  #missed: Row | null = null

  /** What did not come, once it is enough to call the session deaf; null before. */
  get deaf(): Row | null {
    return this.#missed && this.#missed.count >= ENOUGH ? this.#missed : null
  }

  take(event: AnyEvent): void {
    switch (event.type) {
      case 'canary.probed':
        if (event.outcome === 'received') this.#missed = null
        if (event.outcome !== 'not-received') return
        this.#missed = { since: this.#missed?.since ?? event.at, count: (this.#missed?.count ?? 0) + 1 }
        return
      // Whatever arrives proves that messages arrive.
      case 'canary.strayed':
      case 'message.received':
        this.#missed = null
        return
      case 'session.state-changed':
        // A connection that is replaced by the next one is not yet proof of anything; what ended or begins anew has nothing to hear.
        if (event.to !== 'open' && event.to !== 'restricted' && event.to !== 'connecting') this.#missed = null
    }
  }
}
