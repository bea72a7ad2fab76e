// From where each token has been used: a right token from an address that it never came from is told. Kept in the store, bounded, and never in a caller's way.

import { isIPv4, isIPv6 } from 'node:net'
import { LRUCache } from 'lru-cache'
import type { Bus } from '../../events.ts'
import { type Sql, StoreError } from '../../store/sql.ts'

/** Addresses that are remembered for one token; one more makes the oldest unknown. */
const MOST = 50
/** An address that was not used for so long is new again. */
const FORGET_MS = 180 * 24 * 3_600_000
/** How often the same address is noted again. */
const NOTE_MS = 24 * 3_600_000

export class Addresses {
  #sql: Sql
  #bus: Bus
  #noted = new LRUCache<string, true>({ max: 10_000, ttl: NOTE_MS })
  #under = new Set<Promise<void>>()

  constructor(sql: Sql, bus: Bus) {
    this.#sql = sql
    this.#bus = bus
  }

  /** Notes the address, soon. @param id of the token @param name of the token */
  note(id: string, name: string, address: string): void {
    const place = placeOf(address)
    const key = `${id} ${place}`
    if (place === 'unknown' || this.#noted.has(key)) return
    // Before it is written: a thousand requests at once are one note.
    this.#noted.set(key, true)
    const writing = this.#write(id, place)
      .then((isNew) => {
        if (isNew)
          this.#bus.emit('security.noticed', { kind: 'new-address', why: null, who: name, client: address })
      })
      .catch((error) => {
        // The store has said so itself; the next use tries again.
        this.#noted.delete(key)
        if (!(error instanceof StoreError)) throw error
      })
      .finally(() => this.#under.delete(writing))
    this.#under.add(writing)
  }

  /** Resolves when everything noted so far is written, or could not be. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#under)
  }

  /** Whether the token has been used from elsewhere and never from there. */
  async #write(token: string, address: string): Promise<boolean> {
    const now = Date.now()
    return this.#sql.transaction(async (tx) => {
      await tx.query('DELETE FROM token_address WHERE seen_at < $1', [now - FORGET_MS])
      const known = await tx.query<{ address: string }>(
        'SELECT address FROM token_address WHERE token = $1 ORDER BY seen_at DESC, address',
        [token],
      )
      await tx.query(
        `INSERT INTO token_address (token, address, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT (token, address) DO UPDATE SET seen_at = $3`,
        [token, address, now],
      )
      const others = known.filter((row) => row.address !== address)
      for (const old of others.slice(MOST - 1))
        await tx.query('DELETE FROM token_address WHERE token = $1 AND address = $2', [token, old.address])
      return known.length > 0 && others.length === known.length
    })
  }
}

/** One machine is one place: an IPv4 address however it is written, and the network of an IPv6 address, whose second half many machines change daily. */
export function placeOf(address: string): string {
  const four = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  if (four !== undefined && isIPv4(four)) return four
  if (!isIPv6(address)) return isIPv4(address) ? address : 'unknown'
  const [bare = ''] = address.toLowerCase().split('%')
  if (bare === '::1') return bare
  const [front = '', back] = bare.split('::')
  const head = front === '' ? [] : front.split(':')
  const tail = back === undefined || back === '' ? [] : back.split(':')
  const gap = back === undefined ? 0 : Math.max(0, 8 - head.length - tail.length)
  const groups = [...head, ...Array<string>(gap).fill('0'), ...tail]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
