// Who is asking, whichever way they came in.

import { isDeepStrictEqual } from 'node:util'
import { lower, type Role } from './roles.ts'

/** How somebody proved who they are: a token of the file, one of an identity provider, a token with a Grafana user behind it, a link. */
export type Via = 'token' | 'jwt' | 'grafana' | 'link'

export interface Caller {
  /** As it stands in the audit trail: a token's name, `oidc:` or `grafana:` and a person's. */
  name: string
  role: Role
  via: Via
  /** The only pools that it may see and change; absent where it may all. An empty list is none. */
  pools?: readonly string[]
  /** The one account whose linking page it may follow, and nothing else; absent for everybody without a link. */
  only?: string
  /** When that ends, in milliseconds since the epoch. */
  until?: number
}

/** A person whom Grafana vouches for. */
export interface User {
  login: string
  role: Role
}

/** A token in the hands of a Grafana user: neither may do more than the other, and the token's pools stay its pools. */
export function inHandsOf(token: Caller, { login, role }: User): Caller {
  return { ...token, name: `grafana:${login}`, role: lower(token.role, role), via: 'grafana' }
}

/** Whether nothing of what the caller may do has changed. */
export function sameRights(a: Caller, b: Caller): boolean {
  return a.name === b.name && a.role === b.role && isDeepStrictEqual(a.pools, b.pools)
}
