// The one place where a session's state changes: every change is legal and is said.

import type { About, Bus } from '../events.ts'
import type { Reason, SessionState } from '../words.ts'
import { accepts, type Input, transition } from './states.ts'

export class StateKeeper {
  #bus: Bus
  #about: About
  #state: SessionState = 'stopped'
  #since = Date.now()

  constructor(bus: Bus, about: About) {
    this.#bus = bus
    this.#about = about
  }

  get state(): SessionState {
    return this.#state
  }

  /** When the state was entered, in milliseconds since the epoch. */
  get since(): number {
    return this.#since
  }

  /** The socket stays up in both. */
  get connected(): boolean {
    return this.#state === 'open' || this.#state === 'restricted'
  }

  accepts(input: Input): boolean {
    return accepts(this.#state, input)
  }

  /** Throws IllegalTransition, and then nothing has changed. */
  move(input: Input, reason: Reason): void {
    const from = this.#state
    const to = transition(from, input)
    if (to === from) return
    this.#state = to
    this.#since = Date.now()
    this.#bus.emit('session.state-changed', { from, to, reason }, this.#about)
  }
}
