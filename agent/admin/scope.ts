// What a caller who is limited to pools can see: everything else does not exist for it, here and in every sum.

import type { Context } from 'hono'
import type { Fleet, Member } from '../fleet/fleet.ts'
import type { Also } from '../store/where.ts'
import type { AdminEnv } from './auth.ts'
import { among } from './filter/sql.ts'
import { Problem } from './problem.ts'

/** The pools that the caller may see; null where it may see all. */
export function poolsOf(c: Context<AdminEnv>): readonly string[] | null {
  return c.get('caller').pools ?? null
}

/** What belongs to no pool is of the whole fleet. */
export function sees(c: Context<AdminEnv>, pool: string | null | undefined): boolean {
  const pools = poolsOf(c)
  return pools === null || (typeof pool === 'string' && pools.includes(pool))
}

/** The accounts of this process that the caller may see. */
export function membersFor(c: Context<AdminEnv>, fleet: Fleet): Member[] {
  const members = fleet.members()
  return poolsOf(c) === null ? members : members.filter(({ account }) => sees(c, account.pool))
}

/** By id or phone. Throws Problem where there is none, or none for this caller. */
export function memberFor(c: Context<AdminEnv>, fleet: Fleet, key: string): Member {
  const member = fleet.find(key)
  if (!member || !sees(c, member.account.pool)) throw unknownAccount(key)
  return member
}

export function unknownAccount(key: string): Problem {
  return new Problem(404, 'unknown-account', `no account has the id or phone "${key.slice(0, 64)}"`)
}

export function failoverUnderWay(account: string): Problem {
  return new Problem(409, 'under-way', `a failover of ${account} is under way`)
}

/** @param pools those that the caller may see */
export function unknownPool(name: string, pools: readonly string[]): Problem {
  const some =
    pools.length > 20 ? `${pools.slice(0, 20).join(', ')} and ${pools.length - 20} more` : pools.join(', ')
  return new Problem(404, 'unknown-pool', `no pool has the name "${name.slice(0, 64)}"; there are ${some}`)
}

/** The condition of a question to the store; null where the caller may see everything. */
export function visible(c: Context<AdminEnv>, column = 'pool'): Also | null {
  const pools = poolsOf(c)
  return pools === null ? null : among(column, pools)
}
