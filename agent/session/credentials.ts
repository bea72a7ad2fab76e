// The credentials of a session: read once, proven to be ours before every dial, of the right phone, and never those of a pairing that was abandoned.

import type { About, Bus } from '../events.ts'
import type { Reason } from '../words.ts'
import { samePhone } from './phone.ts'
import type { AuthState } from './socket.ts'

/** The credentials may not be used; the reason says why. */
export class UnusableCredentials extends Error {
  readonly reason: Reason
  constructor(reason: Reason, message: string) {
    super(message)
    this.name = 'UnusableCredentials'
    this.reason = reason
  }
}

export class Credentials {
  #bus: Bus
  #about: About
  #read: () => Promise<AuthState>
  #phone: string
  #auth: AuthState | null = null

  /** @param phone that the account is configured with, E.164 */
  constructor(bus: Bus, about: About, phone: string, read: () => Promise<AuthState>) {
    this.#phone = phone
    this.#bus = bus
    this.#about = about
    this.#read = read
  }

  /** What to dial with. Rejects when the store cannot say, another process has taken the account, or the credentials are of another phone. */
  async prepare(): Promise<AuthState> {
    const auth = await this.#load()
    // An agent that was frozen while another took over would otherwise throw that one's session out.
    await auth.proveOwned()
    // Whoever scanned with another phone, or changed the number in the configuration, would send in somebody else's name.
    if (auth.phone !== null && !samePhone(this.#phone, auth.phone))
      throw new UnusableCredentials(
        'wrong-phone',
        'the credentials are of another phone than the configured one',
      )
    // Asking for a pairing code already writes a name into the credentials; dialling with them would be a login that fails.
    if (await auth.discardHalfMade()) {
      const detail = 'half-made pairing'
      this.#bus.emit('session.trapped', { trap: 'credentials-discarded', detail }, this.#about)
    }
    return auth
  }

  /** Throws them away. Rejects as the store does. */
  async reset(): Promise<void> {
    await (await this.#load()).reset()
  }

  /** Resolves when what was written is durable. Never rejects. */
  async flush(): Promise<void> {
    await this.#auth?.flush().catch(() => {})
  }

  /** The same after the last connection is closed: what its library still does with the keys is waited for, and then refused. Never rejects. */
  async end(): Promise<void> {
    await this.#auth?.end().catch(() => {})
  }

  async #load(): Promise<AuthState> {
    this.#auth ??= await this.#read()
    return this.#auth
  }
}
