// Sends one account's messages: claims what is due while there is room, and writes down what became of each before it takes more.

import type { Cipher } from '../store/cipher.ts'
import { attempt } from './attempt.ts'
import { attemptOf, type Claimed } from './claim.ts'
import type { Grant } from './limits.ts'
import type { MessageRow } from './row.ts'
import type { Sender } from './sender.ts'
import type { Change } from './settle.ts'
import { goesAlone, type Retry } from './verdict.ts'

export interface PumpParts {
  sender: Sender
  cipher: Cipher
  retry: Retry
  /** How long another account waits with what this one may have sent, in milliseconds. */
  graceMs: number
  /** Messages of the account that may be on their way at once. */
  inFlight: number
  /** @param begun the attempts under way @param doubt an earlier claim failed and may have been written all the same */
  claim(limit: number, begun: readonly string[], doubt: boolean): Promise<Claimed>
  /** Resolves when it is durable; repeated for as long as the store is away. */
  settle(change: Change): Promise<MessageRow | null>
  /** How many may be sent now; it is ended with how many were. */
  allow(wanted: number): Grant
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
  /** Claimed, and sent by themselves when nothing else is on its way. */
  #apart: MessageRow[] = []
  /** One of those is on its way. */
  #alone = false
  /** Claims that failed may stand in the store all the same. */
  #unsure = false
  #claiming = false

  constructor(parts: PumpParts) {
    this.#parts = parts
  }

  get inFlight(): number {
    return this.#flying.size + this.#apart.length
  }

  /** On its way, or about to be: what a claim under way takes is sent. */
  get busy(): boolean {
    return this.#claiming || this.inFlight > 0
  }

  /** Looks for work, now or as soon as the present look is over. */
  wake(): void {
    this.#again = true
    if (this.#busy || this.#idle) return
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

  /** Takes nothing more; what is on its way, or claimed, goes on. */
  stop(): void {
    this.#over = true
  }

  get #idle(): boolean {
    return this.#over && this.#apart.length === 0
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#idle) {
      this.#again = false
      if (this.#alone || this.#apart.length > 0) return this.#sendApart()
      const { sender, inFlight, allow } = this.#parts
      const room = inFlight - this.#flying.size
      if (room <= 0 || !sender.ready()) return
      const granted = allow(room)
      if (granted.count === 0) return
      const rows = await this.#claim(granted.count)
      granted.end(rows.length)
      for (const row of rows) {
        if (goesAlone(row)) this.#apart.push(row)
        else void this.#send(row)
      }
      if (rows.length === granted.count || this.#apart.length > 0) this.#again = true
    }
  }

  /** Nothing is claimed before all of them are done; the end of what is on its way asks again. */
  #sendApart(): void {
    if (this.#flying.size > 0) return
    const row = this.#apart.shift()
    if (!row) return
    this.#alone = true
    void this.#send(row, true).finally(() => {
      this.#alone = false
      this.wake()
    })
  }

  /** A store that is away says so by itself, and the next tick asks again. */
  async #claim(limit: number): Promise<MessageRow[]> {
    const begun = [...this.#flying.values()].map(({ row }) => attemptOf(row))
    this.#claiming = true
    try {
      const rows = await this.#parts.claim(limit, begun, this.#unsure)
      this.#unsure = false
      if (rows !== null) return rows
      this.#over = true
      this.#parts.fenced()
    } catch {
      this.#unsure = true
    } finally {
      this.#claiming = false
    }
    return []
  }

  async #send(row: MessageRow, alone = false): Promise<void> {
    const { sender, settle } = this.#parts
    const { id, attempts } = row
    const flying = { row, written: false }
    this.#flying.set(row.wa_id, flying)
    const { account, epoch } = sender
    const mark = setTimeout(() => {
      if (flying.written)
        void settle({ kind: 'written', id, account, epoch, attempts, at: Date.now() }).catch(() => {})
    }, WRITTEN_AFTER_MS)
    const change = await attempt(row, { ...this.#parts, alone })
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
