// What the routing may choose from: this node's accounts as they are, the others' as their nodes say, with what was set at run time.

import type { HealthStatus } from '../health/status.ts'
import type { Candidate } from '../routing/candidate.ts'
import type { RoutingSnapshot } from '../routing/settings-rows.ts'
import type { SessionSnapshot } from '../session/snapshot.ts'
import type { Account } from './fleet.ts'
import type { OtherStanding, OwnStanding } from './standing.ts'

/** An account of this node at one moment. */
export interface Own {
  account: Account
  epoch: number
  snapshot: Pick<SessionSnapshot, 'state' | 'up' | 'restriction'>
  healthStatus: HealthStatus
  /** Messages queued for it or on their way. */
  active: number
  /** Milliseconds since the epoch. */
  ejectedUntil: number | null
}

/** Why a session cannot take a new conversation; null where it can. */
export function whyUnusable({ state, up, restriction }: Own['snapshot']): string | null {
  if (restriction !== null || state === 'restricted') return 'WhatsApp restricts it'
  if (state !== 'open') return `its session is ${state}`
  return up ? null : 'its server gives no sign of life'
}

/** What this node says of its account to the others. */
export function standingOf(own: Own, now: number): OwnStanding {
  const { account, epoch, snapshot, healthStatus, active, ejectedUntil } = own
  const unusableBecause = whyUnusable(snapshot)
  // In whole seconds: what counts down would be news at every look otherwise.
  const ejectedForMs =
    ejectedUntil !== null && ejectedUntil > now ? Math.ceil((ejectedUntil - now) / 1000) * 1000 : null
  const usable = unusableBecause === null
  return { account: account.id, epoch, data: { usable, unusableBecause, healthStatus, active, ejectedForMs } }
}

/** The accounts of one pool, each once: where two nodes speak of one, the higher epoch is believed. */
export function candidatesOf(
  own: Iterable<Own>,
  others: readonly OtherStanding[],
  settings: RoutingSnapshot,
  now: number,
): Candidate[] {
  const elsewhere = new Map(others.map((other) => [other.account, other]))
  const found: Candidate[] = []
  for (const each of own) {
    const other = elsewhere.get(each.account.id)
    if (other && other.node !== null && other.epoch > each.epoch) continue
    elsewhere.delete(each.account.id)
    const { account, snapshot, healthStatus, active, ejectedUntil } = each
    const unusableBecause = whyUnusable(snapshot)
    const usable = unusableBecause === null
    const state = { usable, unusableBecause, healthStatus, active, ejectedUntil }
    found.push(candidate({ ...account, account: account.id }, state, settings))
  }
  for (const other of elsewhere.values()) {
    const { ejectedForMs, ...data } = other.data
    const ejectedUntil = ejectedForMs === null ? null : now + ejectedForMs
    found.push(candidate(other, { ...data, ejectedUntil }, settings))
  }
  return found
}

type Listed = Pick<OtherStanding, 'account' | 'role' | 'priority' | 'weight' | 'region'>
type State = Pick<Candidate, 'usable' | 'unusableBecause' | 'healthStatus' | 'active' | 'ejectedUntil'>

function candidate(listed: Listed, state: State, { accounts, modes }: RoutingSnapshot): Candidate {
  const { account, role, region } = listed
  const set = accounts.get(account)
  const mode = modes.get(account)
  return {
    account,
    role,
    priority: set?.priority ?? listed.priority,
    weight: set?.weight ?? listed.weight,
    region,
    mode: mode?.mode ?? 'up',
    ...state,
    returnedAt: latest(mode?.returnedAt ?? null, state.ejectedUntil),
  }
}

/** An ejection that is over is a return too; until it is over it does not matter. */
function latest(returnedAt: number | null, ejectedUntil: number | null): number | null {
  if (returnedAt === null || ejectedUntil === null) return returnedAt ?? ejectedUntil
  return Math.max(returnedAt, ejectedUntil)
}
