// As many readers as there may be at a time, and what the agent holds for them.

import { vi } from 'vitest'
import type { AdminStage } from '../stage.ts'
import { follow, type Reader } from './reader.ts'

/** Opens a hundred streams. */
export async function crowd(ask: () => Promise<Response>): Promise<Reader[]> {
  // A token that was proven once is known: a hundred at once would each be hashed, which takes seconds.
  const first = follow(await ask())
  const others = Array.from({ length: 99 }, async () => follow(await ask()))
  return [first, ...(await Promise.all(others))]
}

/** Subscriptions that a stream has made and not given back. */
export function subscriptions({ bus }: AdminStage): () => number {
  let held = 0
  const onAny = bus.onAny.bind(bus)
  vi.spyOn(bus, 'onAny').mockImplementation((listener) => {
    held += 1
    const leave = onAny(listener)
    return () => {
      held -= 1
      leave()
    }
  })
  return () => held
}
