// The credentials of a session: read once, proven to be ours before every dial, and never those of a pairing that was abandoned.

import type { About, Bus } from '../events.ts'
import type { AuthState } from './socket.ts'

export class Credentials {
  #bus: Bus
  #about: About
  #read: () => Promise<AuthState>
  #auth: AuthState | null = null

  constructor(bus: Bus, about: About, read: () => Promise<AuthState>) {
    this.#bus = bus
    this.#about = about
    this.#read = read
  }

  /** What to dial with. Rejects when the store cannot say or another process has taken the account. */
  async prepare(): Promise<AuthState> {
    const auth = await this.#load()
    // An agent that was frozen while another took over would otherwise throw that one's session out.
    await auth.proveOwned()
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

  async #load(): Promise<AuthState> {
    this.#auth ??= await this.#read()
    return this.#auth
  }
}
