// Tells of what looks like an attack, the same thing no more than once a minute: a log that somebody else fills is no log.

import { LRUCache } from 'lru-cache'
import type { Bus } from '../../events.ts'
import type { SecurityKind } from '../../words.ts'

const AGAIN_MS = 60_000

export interface Notice {
  kind: SecurityKind
  why: string | null
  who: string | null
  client: string
}

export class Notices {
  #bus: Bus
  #told = new LRUCache<string, true>({ max: 10_000, ttl: AGAIN_MS })

  constructor(bus: Bus) {
    this.#bus = bus
  }

  tell({ kind, why, who, client }: Notice): void {
    const key = JSON.stringify([kind, why, who, client])
    if (this.#told.has(key)) return
    this.#told.set(key, true)
    this.#bus.emit('security.noticed', { kind, why, who, client })
  }
}
