// What became of a message is written down until it is written: what is known must not depend on whether the store is there at this moment.

import { setTimeout as sleep } from 'node:timers/promises'
import { Batches } from './batches.ts'
import { noticesOf } from './notices.ts'
import type { Refused } from './refused.ts'
import type { MessageRow } from './row.ts'
import { type Arrived, applyAll, type Change } from './settle.ts'
import type { Telling } from './telling.ts'

/** How long a decision waits before it is written again, when the store is away, in milliseconds. */
const AGAIN_MS = 500
/** One in so many tries is made by itself: it may be another one of its batch that cannot be written. */
const ALONE_EVERY = 5
/** Receipts that may wait for a store that is away; beyond it they are let go: they say more of a message that has arrived. */
const RECEIPTS = 20_000
const idPattern = /^[!-~]{1,200}$/

export class Settling {
  #batches: Batches<Change, MessageRow | null>
  #write: (changes: Change[]) => Promise<(MessageRow | null)[]>
  #announce: (row: MessageRow, change: Change) => void
  #receipts = 0
  #stopping = new AbortController()
  #waiting = 0

  /** @param announce told of every row that was changed */
  constructor(telling: Telling, announce: (row: MessageRow, change: Change) => void) {
    this.#announce = announce
    this.#write = (changes) =>
      telling.transaction(async (tx) => {
        const rows = await applyAll(tx, changes)
        // When it happened: what the store could not take for a while is told late, and says so.
        return {
          result: rows,
          notices: rows.flatMap((row, i) => noticesOf([row], changes[i]?.at ?? Date.now())),
        }
      })
    this.#batches = new Batches(this.#write)
  }

  /** Changes that are not written yet. */
  get waiting(): number {
    return this.#waiting
  }

  /** Resolves when it is durable; rejects only when `stop` was called and the store does not take it. */
  async put(change: Change): Promise<MessageRow | null> {
    this.#waiting += 1
    try {
      const row = await this.#untilWritten(change)
      if (row) this.#announce(row, change)
      return row
    } finally {
      this.#waiting -= 1
    }
  }

  /** The server says more of a message. An id comes from the wire: what cannot be one of ours is let go. */
  receipt({ waId, account, state, at }: Omit<Arrived, 'kind'>): void {
    if (!idPattern.test(waId) || (state !== 'acked' && this.#receipts >= RECEIPTS)) return
    this.#receipts += 1
    this.put({ kind: 'arrived', waId, account, state, at })
      .catch(() => {})
      .finally(() => {
        this.#receipts -= 1
      })
  }

  /** The server refuses what its sender has been told is unknown. */
  late(refused: Omit<Refused, 'kind'>): void {
    this.put({ kind: 'refused', ...refused }).catch(() => {})
  }

  /** Waits up to `ms` for what is not written yet; then gives up on what the store does not take. */
  async stop(ms: number): Promise<void> {
    const endsAt = performance.now() + ms
    while (this.#waiting > 0 && performance.now() < endsAt) await sleep(10)
    this.#stopping.abort()
  }

  async #untilWritten(change: Change): Promise<MessageRow | null> {
    const { signal } = this.#stopping
    for (let failures = 0; ; failures++)
      try {
        if (failures % ALONE_EVERY !== ALONE_EVERY - 1) return await this.#batches.put(change)
        return (await this.#write([change]))[0] ?? null
      } catch (error) {
        if (signal.aborted) throw error
        await sleep(AGAIN_MS, undefined, { signal }).catch(() => {})
      }
  }
}
