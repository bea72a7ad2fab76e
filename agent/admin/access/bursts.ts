// One refusal is a mistake, many in a short time are somebody who tries: those are told once.

import { LRUCache } from 'lru-cache'
import type { Bus } from '../../events.ts'

const MANY = 10
const WITHIN_MS = 60_000

/** Watches what is refused for a role or a scope; answers the function that stops it. */
export function watchRefusals(bus: Bus): () => void {
  const counts = new LRUCache<string, number>({ max: 10_000, ttl: WITHIN_MS })
  return bus.on('admin.refused', ({ why, who, client }) => {
    if (why !== 'role' && why !== 'scope') return
    const key = `${why} ${who ?? client}`
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count, { noUpdateTTL: true })
    // A role is known before one asks, so a wrong button is harmless; whoever asks for another one's pool knew its name.
    if (count === (why === 'role' ? MANY : 1))
      bus.emit('security.noticed', { kind: `${why}-refused`, why: null, who: who ?? null, client })
  })
}
