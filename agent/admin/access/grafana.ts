// Users of Grafana by the identity that it signs and sends along (X-Grafana-Id): who they are, and what they may at most do here.

import { hash } from 'node:crypto'
import type { JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import type { User } from './caller.ts'
import { nameFrom } from './claims.ts'
import { verifyJwt } from './jwt.ts'
import { type KeySettings, SigningKeys } from './keys.ts'
import { Refusal } from './refusal.ts'
import type { Role } from './roles.ts'

export interface GrafanaConfig {
  /** As in its `root_url`. */
  readonly url: string
  /** What it calls itself in the identities that it signs. */
  readonly issuer: string
  readonly jwksUrl: string
  /** Organizations whose users are believed. */
  readonly orgs: readonly number[]
  /** By organization role. */
  readonly roles: Readonly<Record<string, Role>>
  /** By login, by e-mail address or by id (`user:...`); goes before the role of the organization. */
  readonly users: Readonly<Record<string, Role>>
  readonly defaultRole: Role | 'none'
}

export class GrafanaUsers {
  #config: GrafanaConfig
  #keys: SigningKeys
  #known = new LRUCache<string, { user: User; version: number; untilMs: number }>({ max: 1_000 })

  constructor(config: GrafanaConfig, settings: Partial<KeySettings> = {}) {
    this.#config = config
    this.#keys = new SigningKeys(async () => new URL(config.jwksUrl), settings)
  }

  /** Who it is that Grafana vouches for. Rejects with Refusal. */
  async user(identity: string): Promise<User> {
    const digest = hash('sha256', identity)
    const known = this.#known.get(digest)
    if (known && known.version === this.#keys.version && known.untilMs > Date.now()) return known.user
    const { issuer, orgs } = this.#config
    const audience = orgs.map((org) => `org:${org}`)
    // Ten minutes by Grafana's own word.
    const claims = await verifyJwt(
      identity,
      { issuer, audience, algorithms: ['ES256'], maxAgeMs: null },
      this.#keys,
    )
    const user = userFrom(claims, this.#config)
    this.#known.set(digest, { user, version: this.#keys.version, untilMs: (claims.exp ?? 0) * 1_000 })
    return user
  }
}

/** Who the claims speak of and what they may at most do. Throws Refusal `role` or `claims`. */
export function userFrom(
  claims: JWTPayload,
  { roles, users, defaultRole }: Pick<GrafanaConfig, 'roles' | 'users' | 'defaultRole'>,
): User {
  const { sub = '', username, email, email_verified, role } = claims
  const [kind] = sub.split(':')
  // Grafana signs for visitors without a name and for its own services as well.
  if (kind !== 'user' && kind !== 'service-account') throw new Refusal('role')
  const login = nameFrom(username) ?? nameFrom(sub)
  if (login === null) throw new Refusal('claims')
  // An address that nobody has confirmed is whatever its user typed.
  const names = [sub, username, email_verified === true ? email : undefined]
  const named = names.find((name) => typeof name === 'string' && Object.hasOwn(users, name))
  const may = (typeof named === 'string' ? users[named] : undefined) ?? byOrg(role, roles) ?? defaultRole
  if (may === 'none') throw new Refusal('role')
  return { login, role: may }
}

/** Versions of Grafana that tell no role leave it to the default; a role that they tell and nobody mapped is none. */
function byOrg(role: unknown, roles: GrafanaConfig['roles']): Role | 'none' | undefined {
  if (typeof role !== 'string' || role === '') return undefined
  return Object.hasOwn(roles, role) ? roles[role] : 'none'
}
