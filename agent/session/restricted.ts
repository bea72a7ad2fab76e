// Whether the account is restricted, as events and as the session's state: it outlives the connection on which it was learned.

import type { About, Bus } from '../events.ts'
import { RestrictionWatch } from './restriction-watch.ts'
import type { Restriction, Socket } from './socket.ts'
import type { StateKeeper } from './state-keeper.ts'

const TIMELOCK = 'reachout-timelock'

export class Restricted {
  #bus: Bus
  #about: About
  #states: StateKeeper
  #watch: RestrictionWatch

  constructor(bus: Bus, about: About, states: StateKeeper, socket: () => Socket | null) {
    this.#bus = bus
    this.#about = about
    this.#states = states
    this.#watch = new RestrictionWatch(socket)
  }

  get current(): Restriction | null {
    return this.#watch.current
  }

  /** WhatsApp says that the account is restricted, or that it is not. */
  heard(restriction: Restriction | null): void {
    const input = restriction ? 'restrict' : 'lift'
    if (!this.#states.accepts(input) || !this.#watch.update(restriction)) return
    if (restriction) this.#bus.emit('session.restricted', { ...restriction }, this.#about)
    else this.#bus.emit('session.restriction-lifted', {}, this.#about)
    this.#states.move(input, restriction ? TIMELOCK : 'restriction-lifted')
  }

  /** A message was refused with 463, about which the library is silent: believe it at once, then ask what WhatsApp says of the account. */
  refused(): void {
    if (!this.current) this.heard({ kind: TIMELOCK, untilMs: null })
    this.#watch.check()
  }

  /** A new connection is open. */
  reopened(): void {
    if (!this.current) return
    this.#states.move('restrict', TIMELOCK)
    this.#watch.check()
  }

  closed(): void {
    this.#watch.stop()
  }
}
