// Parked messages find an account as soon as there is one, and whoever was told that they are parked is told that they are no more.

import { leftNotices } from './notices.ts'
import { type Placed, place } from './placing.ts'
import type { Route } from './route.ts'
import type { Telling } from './telling.ts'

/** One step. Rejects with StoreError. */
export function unpark(telling: Telling, pool: string, route: Route, now: number): Promise<Placed> {
  const parked = { which: "m.state = 'parked'", pool, from: null, code: 'unparked' }
  return telling.transaction(async (tx) => {
    const result = await place(tx, parked, route, now)
    return { result, notices: leftNotices(result.given, now) }
  })
}
