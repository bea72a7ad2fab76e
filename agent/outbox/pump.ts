// Sends one account's messages: claims what is due while there is room, and writes down what became of each before it takes more.

import type { Cipher } from '../store/cipher.ts'
import { attempt } from './attempt.ts'
import { attemptOf, type Claimed } from './claim.ts'
import type { MessageRow } from './row.ts'
import type { Sender } from './sender.ts'
import type { Change } from './settle.ts'
import type { Retry } from './verdict.ts'

export interface PumpParts {
  sender: Sender
  cipher: Cipher
  retry: Retry
  /** Messages of the account that may be on their way at once. */
  inFlight: number
  /** @param begun the attempts under way @param doubt an earlier claim failed and may have been written all the same */
  claim(limit: number, begun: readonly string[], doubt: boolean): Promise<Claimed>
  /** Resolves when it is durable; repeated for as long as the store is away. */
  settle(change: Change): Promise<MessageRow | null>
  /** How many may be sent now; answers what it grants. */
  allow(wanted: number): Promise<number>
  /** What was granted and not used. */
  refund(unused: number): Promise<void>
  /** Another process has the account. */
  fenced(): void
  random(): number
}

/** An acknowledgement that takes longer is worth a mark in the store, so that people see where a message is; milliseconds. */
const WRITTEN_AFTER_MS = 1_000

interface Flying {
  row: MessageRow
  written: boolean
}

export class Pump {
  #parts: PumpParts
  #busy = false
  #again = false
  #over = false
  /** By the id under which WhatsApp knows it. */
  #flying = new Map<string, Flying>()
  /** Claims that failed may stand in the store all the same. */
  #unsure = false

  constructor(parts: PumpParts) {
    this.#parts = parts
  }

  get inFlight(): number {
    return this.#flying.size
  }

  /** Looks for work, now or as soon as the present look is over. */
  wake(): void {
    this.#again = true
    if (this.#busy || this.#over) return
    this.#busy = true
    // Not at once: what ends in the same turn makes room together.
    setImmediate(() => {
      void this.#run().finally(() => {
        this.#busy = false
        if (this.#again) this.wake()
      })
    })
  }

  /** The library has written the message to the socket. */
  written(waId: string): void {
    const flying = this.#flying.get(waId)
    if (flying) flying.written = true
  }

  /** Takes nothing more; what is on its way goes on. */
  stop(): void {
    this.#over = true
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#over) {
      this.#again = false
      const { sender, inFlight, allow, refund } = this.#parts
      const room = inFlight - this.#flying.size
      if (room <= 0 || !sender.ready()) return
      const granted = await allow(room)
      if (granted <= 0) return
      const rows = await this.#claim(granted)
      if (granted > rows.length) await refund(granted - rows.length)
      for (const row of rows) void this.#send(row)
      if (rows.length === granted) this.#again = true
    }
  }

  /** A store that is away says so by itself, and the next tick asks again. */
  async #claim(limit: number): Promise<MessageRow[]> {
    const begun = [...this.#flying.values()].map(({ row }) => attemptOf(row))
    try {
      const rows = await this.#parts.claim(limit, begun, this.#unsure)
      this.#unsure = false
      if (rows !== null) return rows
      this.#over = true
      this.#parts.fenced()
    } catch {
      this.#unsure = true
    }
    return []
  }

  async #send(row: MessageRow): Promise<void> {
    const { sender, settle } = this.#parts
    const { id, attempts } = row
    const flying = { row, written: false }
    this.#flying.set(row.wa_id, flying)
    const { account, epoch } = sender
    const mark = setTimeout(() => {
      if (flying.written)
        void settle({ kind: 'written', id, account, epoch, attempts, at: Date.now() }).catch(() => {})
    }, WRITTEN_AFTER_MS)
    const change = await attempt(row, this.#parts)
    clearTimeout(mark)
    try {
      await settle(change)
    } catch {
      // Only a stop gives up: the next run finds the message claimed and repeats it under its id.
    }
    // Its end may have been written when nobody could say so, and the next attempt have begun.
    if (this.#flying.get(row.wa_id) === flying) this.#flying.delete(row.wa_id)
    this.wake()
  }
}
