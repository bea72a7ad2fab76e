// Nobody gets past this without a token of sufficient role; guessing is slowed down per address.

import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context, MiddlewareHandler } from 'hono'
import { LRUCache } from 'lru-cache'
import type { Bus } from '../events.ts'
import { Problem } from './problem.ts'
import { routeOf } from './route.ts'
import { type Caller, type Role, roles, type TokenBook } from './tokens.ts'

export interface AdminEnv {
  Variables: {
    caller: Caller
    /** Whether the token still says so: an answer that goes on for hours asks again. Never rejects: where nobody can say, it does not. */
    holds: () => Promise<boolean>
  }
}

/** Bad tokens from one address before it is locked out, and for how long (milliseconds). */
const BAD_TOKENS = 20
const LOCK_OUT_MS = 60_000

/** The address of the peer. A proxy's word about its client is not believed. */
export function clientOf(c: Context): string {
  try {
    return getConnInfo(c).remote.address ?? 'unknown'
  } catch {
    return 'unknown' // the app was called without a listener, as in a test
  }
}

/** Tokens that open one account's linking page and nothing else. */
export interface NarrowTokens {
  accountOf(token: string): string | null
  /** Milliseconds since the epoch. */
  untilOf(token: string): number
}

/** Checks the bearer token and remembers the caller; takes narrow tokens only where they are given. */
export type Guard = (narrow?: NarrowTokens) => MiddlewareHandler<AdminEnv>

/** All guards that it makes count wrong tokens together. */
export function makeGuard(book: TokenBook, bus: Bus): Guard {
  const bad = new LRUCache<string, number>({ max: 10_000, ttl: LOCK_OUT_MS })
  return (narrow) => async (c, next) => {
    const client = clientOf(c)
    const refuse = (why: 'no-token' | 'bad-token' | 'locked-out', problem: Problem): never => {
      bus.emit('admin.refused', { why, route: routeOf(c), client })
      throw problem
    }
    const challenge = { 'www-authenticate': 'Bearer realm="linda"' }
    const [, token] = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? []
    if (token === undefined) {
      const hint = book.size === 0 ? '; this agent has none yet, make one with "linda token create NAME"' : ''
      const detail = `this needs the header "Authorization: Bearer TOKEN"${hint}`
      return refuse('no-token', new Problem(401, 'no-token', detail, challenge))
    }
    const only = narrow?.accountOf(token) ?? null
    const caller: Caller | null =
      only === null
        ? await book.caller(token)
        : { name: 'link', role: 'viewer', only, until: narrow?.untilOf(token) ?? 0 }
    if (!caller) {
      // Counted from what stands there now: guesses that came at once must not count as one.
      const failures = (bad.get(client) ?? 0) + 1
      // The time runs from the first one, however often somebody tries meanwhile.
      bad.set(client, failures, { noUpdateTTL: true })
      if (failures <= BAD_TOKENS)
        return refuse('bad-token', new Problem(401, 'bad-token', 'nobody holds this token', challenge))
      const headers = { 'retry-after': String(Math.ceil(bad.getRemainingTTL(client) / 1000)) }
      const detail = 'too many wrong tokens from this address; wait'
      return refuse('locked-out', new Problem(429, 'locked-out', detail, headers))
    }
    // A right token passes always: behind a proxy everybody has one address, and a guesser must not lock out the operator.
    // A link is no proof of that: its holder could go on guessing.
    if (only === null) bad.delete(client)
    c.set('caller', caller)
    c.set('holds', async () => {
      if (only !== null) return narrow?.accountOf(token) === only
      const now = await book.caller(token).catch(() => null)
      return now?.role === caller.role
    })
    await next()
  }
}

/** Lets through callers whose role is at least this one. */
export function atLeast(role: Role, bus: Bus): MiddlewareHandler<AdminEnv> {
  return async (c, next) => {
    const { role: has } = c.get('caller')
    if (roles.indexOf(has) < roles.indexOf(role)) {
      bus.emit('admin.refused', { why: 'role', route: routeOf(c), client: clientOf(c) })
      throw new Problem(403, 'role', `your token has the role ${has}; this needs ${role}`)
    }
    await next()
  }
}
