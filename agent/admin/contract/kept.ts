// An answer about the whole fleet is made once for all who ask in the same moment, so that making it never takes more than a small part of the time.

import { hash } from 'node:crypto'
import type { Context } from 'hono'
import { LRUCache } from 'lru-cache'
import type { Bus } from '../../events.ts'
import type { AdminEnv } from '../auth.ts'

/** It is kept so many times as long as making it took: at most one part in 21 of the time goes into one answer. */
const TIMES = 20
/** And no longer than this, in milliseconds. */
export const KEPT_AT_MOST_MS = 1_000
/** Bytes of all that are kept. */
const MOST_BYTES = 16 * 1024 * 1024
/**
 * Events after which everything may be otherwise. Those of single messages are not among them, they move figures that are rough anyway; nor
 * are the pings of idle sessions, of which a large fleet has many a second: what a ping finds is told by other events.
 */
const changes = /^(session\.(?!suspected|probed)|(pairing|health|diagnosis|account|routing|failover|fleet)\.)/

interface Kept {
  bytes: Uint8Array<ArrayBuffer>
  headers: Record<string, string>
}

export class KeptAnswers {
  #answers = new LRUCache<string, Kept>({
    max: 200,
    maxSize: MOST_BYTES,
    sizeCalculation: ({ bytes }, key) => bytes.length + key.length + 1_000,
    ttlResolution: 0,
    perf: { now: () => performance.now() },
  })

  /** Of changes; what was begun before one is not kept after it. */
  #changes = 0

  constructor(bus: Bus) {
    bus.onAny(({ type }) => {
      if (!changes.test(type)) return
      this.#changes += 1
      // Emptying costs as much as there is room for, and a fleet that starts changes thousands of times.
      if (this.#answers.size > 0) this.#answers.clear()
    })
  }

  /**
   * What `make` answers, or answered a moment ago to somebody who sees the same pools. Only a 200 is kept.
   * @param tagged it gets a weak ETag
   */
  async answer(
    c: Context<AdminEnv>,
    tagged: boolean,
    make: () => Response | Promise<Response>,
  ): Promise<Response> {
    const { pathname, search } = new URL(c.req.url)
    const key = JSON.stringify([c.get('caller').pools ?? null, pathname, search])
    const known = this.#answers.get(key)
    if (known) return c.body(known.bytes, 200, known.headers)
    const [startedAt, before] = [performance.now(), this.#changes]
    const response = await make()
    if (response.status !== 200) return response
    const bytes = new Uint8Array(await response.arrayBuffer())
    const headers = Object.fromEntries(response.headers)
    if (tagged) headers.etag = `W/"${hash('sha1', bytes)}"`
    const ttl = Math.min(KEPT_AT_MOST_MS, TIMES * (performance.now() - startedAt))
    if (ttl > 0 && before === this.#changes) this.#answers.set(key, { bytes, headers }, { ttl })
    return c.body(bytes, 200, headers)
  }
}
