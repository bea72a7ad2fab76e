// The ways to prove who one is: a token of the file, one of an identity provider, a link; and the Grafana user in whose hands the first one is.

import { type Caller, inHandsOf, sameRights } from './caller.ts'
import type { GrafanaUsers } from './grafana.ts'
import { looksSigned } from './jwt.ts'
import type { Oidc } from './oidc.ts'
import { Refusal } from './refusal.ts'
import { type Admit, callerOf, type TokenBook } from './token-book.ts'
import { expired, type TokenEntry } from './token-file.ts'

/** How long Grafana's word for a user holds for an answer that goes on: somebody who was thrown out there is out here after that. */
const VOUCHED_MS = 3_600_000

/** Tokens that open one account's linking page and nothing else. */
export interface NarrowTokens {
  accountOf(token: string): string | null
  /** Milliseconds since the epoch. */
  untilOf(token: string): number
}

export interface Ways {
  book: TokenBook
  oidc: Oidc | null
  grafana: GrafanaUsers | null
  narrow: NarrowTokens | undefined
}

/** What somebody shows. */
export interface Shown {
  token: string
  /** X-Grafana-Id; a signed identity that goes with a token of the file. */
  identity: string | undefined
  admit: Admit
}

export interface Proof {
  caller: Caller
  /** Who it is for counting: one for each token, whoever holds it, and one for each person with tokens of their own. */
  key: string
  /** Of the file; null for all others. */
  entry: TokenEntry | null
  /** Whether the same would still be let in with the same rights. Never rejects: where nobody can say, it does not hold. */
  holds(): Promise<boolean>
}

/** The identity beside the token was refused, and not the token. */
export class IdentityRefusal extends Refusal {}

/** Rejects with LockedOut, or with Refusal, of which `entry` says whose token it would have been. */
export async function prove(shown: Shown, ways: Ways): Promise<Proof> {
  const only = ways.narrow?.accountOf(shown.token) ?? null
  if (only !== null) return linked(shown.token, only, ways.narrow as NarrowTokens)
  // The two cannot be taken for one another: a token of the file has no dots.
  if (ways.oidc && looksSigned(shown.token)) return signed(shown.token, ways.oidc)
  const { caller, entry } = await filed(shown, ways)
  // The identity itself is good for minutes, and whoever follows a stream cannot show a new one.
  const vouchedUntil = caller.via === 'grafana' ? Date.now() + VOUCHED_MS : Number.POSITIVE_INFINITY
  const holds = async (): Promise<boolean> => {
    const now = await ways.book.prove(shown.token).catch(() => null)
    const time = Date.now()
    if (now === null || expired(now, time) || time >= vouchedUntil) return false
    return sameRights(callerOf(now), callerOf(entry))
  }
  return { caller, entry, key: `token:${entry.id}`, holds }
}

async function filed(
  { token, identity, admit }: Shown,
  { book, grafana }: Ways,
): Promise<{ caller: Caller; entry: TokenEntry }> {
  const entry = await book.prove(token, admit)
  if (!entry) throw new Refusal('unknown')
  if (expired(entry, Date.now())) throw new ExpiredToken(entry)
  const caller = callerOf(entry)
  if (grafana && identity !== undefined) {
    const user = await grafana.user(identity).catch((error) => {
      throw error instanceof Refusal ? new IdentityRefusal(error.why, { cause: error }) : error
    })
    return { entry, caller: inHandsOf(caller, user) }
  }
  if (entry.grafana === 'required') throw new IdentityRefusal('identity-missing')
  return { entry, caller }
}

/** A token that was right once: whoever uses it had it from its owner, or is its owner and has missed the date. */
export class ExpiredToken extends Refusal {
  readonly entry: TokenEntry

  constructor(entry: TokenEntry) {
    super('expired')
    this.entry = entry
  }
}

async function signed(token: string, oidc: Oidc): Promise<Proof> {
  const caller = await oidc.caller(token)
  const holds = async (): Promise<boolean> => {
    if ((caller.until ?? 0) <= Date.now()) return false
    const now = await oidc.caller(token, true).catch(() => null)
    return now !== null && sameRights(now, caller)
  }
  return { caller, entry: null, key: caller.name, holds }
}

function linked(token: string, only: string, narrow: NarrowTokens): Proof {
  const caller: Caller = { name: 'link', role: 'viewer', via: 'link', only, until: narrow.untilOf(token) }
  return {
    caller,
    entry: null,
    key: `link:${only}`,
    holds: async () => narrow.accountOf(token) === only,
  }
}
