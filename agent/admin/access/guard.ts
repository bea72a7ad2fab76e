// Nobody gets past this without proof of who they are and a sufficient role; what looks like an attack is told.

import type { MiddlewareHandler } from 'hono'
import type { Bus } from '../../events.ts'
import type { SecurityKind } from '../../words.ts'
import { Problem } from '../problem.ts'
import { methodOf, routeOf } from '../route.ts'
import type { Access } from './access.ts'
import { placeOf } from './addresses.ts'
import type { Caller } from './caller.ts'
import { addressOf, clientAt, clientOf } from './client.ts'
import { LockedOut, LockOut } from './lock-out.ts'
import { Notices } from './notices.ts'
import { answers, problemOf, Refusal } from './refusal.ts'
import { type Role, reaches } from './roles.ts'
import type { TokenBook } from './token-book.ts'
import { ExpiredToken, IdentityRefusal, type NarrowTokens, type Proof, prove } from './ways-in.ts'

export interface AdminEnv {
  Variables: {
    /** Of the request, as its answer carries it. */
    requestId: string
    caller: Caller
    /** Whether the token still says so: an answer that goes on for hours asks again. Never rejects: where nobody can say, it does not. */
    holds: () => Promise<boolean>
  }
}

/** Checks the bearer token and remembers the caller; takes narrow tokens only where they are given. */
export type Guard = (narrow?: NarrowTokens) => MiddlewareHandler<AdminEnv>

const challenge = { 'www-authenticate': 'Bearer realm="linda"' }
const invalid = { 'www-authenticate': 'Bearer realm="linda", error="invalid_token"' }

/** All guards that it makes count wrong tokens together. @param access what the configuration adds to the tokens of the file */
export function makeGuard(book: TokenBook, bus: Bus, access?: Access): Guard {
  const lockOut = new LockOut()
  const notices = new Notices(bus)
  return (narrow) => async (c, next) => {
    const ways = { book, oidc: access?.oidc ?? null, grafana: access?.grafana ?? null, narrow }
    const address = addressOf(c)
    const place = placeOf(address)
    const client = clientAt(c, address)
    const notice = (kind: SecurityKind, why: string | null, who: string | null): void =>
      notices.tell({ kind, why, who, client })

    const fail = (leftMs?: number): void => {
      const failed = lockOut.fail(place)
      if (failed.begins) notice('locked-out', null, null)
      if (!failed.out && leftMs === undefined) return
      bus.emit('admin.refused', { why: 'locked-out', route: routeOf(c), client })
      const headers = { 'retry-after': String(Math.ceil((leftMs ?? failed.leftMs) / 1000)) }
      throw new Problem(429, 'locked-out', 'too many wrong tokens from this address; wait', headers)
    }

    const refuse = (error: unknown): never => {
      if (error instanceof LockedOut) fail(error.leftMs)
      if (!(error instanceof Refusal)) throw error
      const ofIdentity = error instanceof IdentityRefusal
      const { guess, status } = answers[error.why]
      // Who may not be believed now is no attacker, and no guess either.
      if ((guess && !ofIdentity) || (ofIdentity && status === 401)) fail()
      if (error instanceof ExpiredToken) notice('expired-token', null, error.entry.name)
      else if (ofIdentity && status !== 503) notice('identity-refused', error.why, null)
      else if (error.why !== 'unknown' && status !== 503) notice('jwt-refused', error.why, null)
      const { code } = answers[error.why]
      const why = ofIdentity
        ? 'identity'
        : error.why === 'role'
          ? 'role'
          : status === 503
            ? 'keys-away'
            : code === 'token-expired'
              ? 'expired'
              : 'bad-token'
      bus.emit('admin.refused', { why, route: routeOf(c), client })
      throw problemOf(
        error.why,
        ofIdentity ? 'identity' : 'token',
        error.why === 'unknown' ? challenge : invalid,
      )
    }

    const [, token] = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? []
    if (token === undefined) {
      bus.emit('admin.refused', { why: 'no-token', route: routeOf(c), client })
      const hint = book.size === 0 ? '; this agent has none yet, make one with "linda token create NAME"' : ''
      throw new Problem(
        401,
        'no-token',
        `this needs the header "Authorization: Bearer TOKEN"${hint}`,
        challenge,
      )
    }
    // A right token passes always: behind a proxy everybody has one address, and a guesser must not lock out the operator.
    const shown = {
      token,
      identity: c.req.header('x-grafana-id'),
      admit: (id: string) => lockOut.admit(place, id),
    }
    const proof: Proof = await prove(shown, ways).catch(refuse)
    const { caller, entry, key, holds } = proof
    await access?.rate?.take(key, () => notice('rate-limited', null, caller.name))
    if (entry) access?.addresses?.note(entry.id, entry.name, address)
    c.set('caller', caller)
    c.set('holds', holds)
    await next()
    const answered = { method: methodOf(c), route: routeOf(c), path: c.req.path, status: c.res.status }
    await access?.reads?.written(answered, caller, client).catch(async (error) => {
      // Nobody will read what was made.
      await c.res.body?.cancel()
      throw error
    })
  }
}

/** Lets through callers whose role is at least this one. */
export function atLeast(role: Role, bus: Bus): MiddlewareHandler<AdminEnv> {
  return async (c, next) => {
    const { role: has, name } = c.get('caller')
    if (!reaches(has, role)) {
      bus.emit('admin.refused', { why: 'role', route: routeOf(c), client: clientOf(c), who: name })
      throw new Problem(403, 'role', `your token has the role ${has}; this needs ${role}`)
    }
    await next()
  }
}
