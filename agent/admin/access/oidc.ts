// People and programs with a token of an identity provider: claims are mapped to a role, pools and a name by the configuration.

import { hash } from 'node:crypto'
import type { JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Caller } from './caller.ts'
import { claimAt, nameFrom, roleFrom, wordsOf } from './claims.ts'
import { discover } from './discovery.ts'
import { TOLERANCE_S, verifyJwt } from './jwt.ts'
import { type KeySettings, SigningKeys } from './keys.ts'
import { UsedTokens } from './once.ts'
import { Refusal } from './refusal.ts'
import type { Role } from './roles.ts'

export interface OidcConfig {
  readonly issuer: string
  readonly audience: string
  /** Found out from the issuer where it is null. */
  readonly jwksUrl: string | null
  readonly roleClaim: string
  readonly roles: Readonly<Record<string, Role>>
  /** Null: everybody may see every pool. */
  readonly poolsClaim: string | null
  readonly nameClaim: string
  readonly maxAgeMs: number
  readonly once: boolean
}

interface Known {
  claims: JWTPayload
  /** Of the keys with which it was proven. */
  version: number
}

export class Oidc {
  #config: OidcConfig
  #keys: SigningKeys
  #used = new UsedTokens()
  /** Tokens whose signature was right, by digest. */
  #known = new LRUCache<string, Known>({ max: 1_000 })

  constructor(config: OidcConfig, settings: Partial<KeySettings> = {}) {
    const { issuer, jwksUrl } = config
    this.#config = config
    this.#keys = new SigningKeys(
      async () => (jwksUrl === null ? discover(issuer, settings.timeoutMs) : new URL(jwksUrl)),
      settings,
    )
  }

  /**
   * Whose token it is. Rejects with Refusal.
   * @param again asked for an answer that is under way: that is no second use
   */
  async caller(token: string, again = false): Promise<Caller> {
    const claims = await this.#claims(token)
    const { maxAgeMs, once } = this.#config
    const caller = callerFrom(claims, this.#config)
    if (once && !again) {
      if (typeof claims.jti !== 'string' || claims.jti === '') throw new Refusal('claims')
      this.#used.use(claims.jti, endOf(claims, maxAgeMs) - Date.now() + TOLERANCE_S * 1_000)
    }
    return caller
  }

  async #claims(token: string): Promise<JWTPayload> {
    const digest = hash('sha256', token)
    const known = this.#known.get(digest)
    if (
      known &&
      known.version === this.#keys.version &&
      endOf(known.claims, this.#config.maxAgeMs) > Date.now()
    )
      return known.claims
    const claims = await verifyJwt(token, this.#config, this.#keys)
    this.#known.set(digest, { claims, version: this.#keys.version })
    return claims
  }
}

/** Who the claims speak of, by the mapping. Throws Refusal `role` or `claims`. */
export function callerFrom(
  claims: JWTPayload,
  {
    roleClaim,
    roles,
    poolsClaim,
    nameClaim,
    maxAgeMs,
  }: Pick<OidcConfig, 'roleClaim' | 'roles' | 'poolsClaim' | 'nameClaim' | 'maxAgeMs'>,
): Caller {
  const role = roleFrom(claimAt(claims, roleClaim), roles)
  const name = nameFrom(claimAt(claims, nameClaim)) ?? nameFrom(claims.sub)
  if (name === null) throw new Refusal('claims')
  if (role === null) throw new Refusal('role')
  const caller: Caller = {
    name: `oidc:${name}`,
    role,
    via: 'jwt',
    until: endOf(claims, maxAgeMs),
  }
  if (poolsClaim === null) return caller
  // A token without the claim is for no pool: leaving something out must not open everything.
  const pools = wordsOf(claimAt(claims, poolsClaim))
  return pools.includes('*') ? caller : { ...caller, pools }
}

/** When the token ends, in milliseconds since the epoch; both times are in it once it was verified. */
function endOf({ exp = 0, iat = 0 }: JWTPayload, maxAgeMs: number): number {
  return Math.min(exp * 1_000, iat * 1_000 + maxAgeMs)
}
