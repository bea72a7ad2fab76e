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
  /** False for one that nobody has linked yet. */
  linked: boolean
  healthStatus: HealthStatus
  /** Messages queued for it or on their way. */
  active: number
  /** Milliseconds since the epoch, as in what follows: it may send nothing more until then. */
  spentUntil: number | null
  ejectedUntil: number | null
}

/** Why a session cannot take a new conversation; null where it can. */
export function whyUnusable({ state, up, restriction }: Own['snapshot']): string | null {
  if (restriction !== null || state === 'restricted') return 'WhatsApp restricts it'
  if (state !== 'open') return `its session is ${state}`
  return up ? null : 'its server gives no sign of life'
}

/** What this node says of its account to the others. @param slowStartMs for so long after its end an ejection is worth a word */
export function standingOf(own: Own, now: number, slowStartMs: number): OwnStanding {
  const { account, epoch, snapshot, linked, healthStatus, active, spentUntil, ejectedUntil } = own
  const unusableBecause = whyUnusable(snapshot)
  const spentForMs =
    spentUntil !== null && spentUntil > now ? Math.ceil((spentUntil - now) / 60_000) * 60_000 : null
  const ejectedForMs = ejectedUntil === null ? null : aboutMs(ejectedUntil - now, slowStartMs)
  const usable = unusableBecause === null
  const data = { usable, unusableBecause, linked, healthStatus, active, spentForMs, ejectedForMs }
  return { account: account.id, epoch, data }
}

/** In steps, because what counts down would be news at every look: of a second while it lasts, of ten since it is over. */
function aboutMs(left: number, slowStartMs: number): number | null {
  if (left > 0) return Math.ceil(left / 1_000) * 1_000
  return left > -slowStartMs ? Math.ceil(left / 10_000) * 10_000 : null
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
    const { account, snapshot, linked, healthStatus, active, spentUntil, ejectedUntil } = each
    const unusableBecause = whyUnusable(snapshot)
    const usable = unusableBecause === null
    const state = { usable, unusableBecause, linked, healthStatus, active, spentUntil, ejectedUntil }
    found.push(candidate({ ...account, account: account.id }, state, settings))
  }
  for (const other of elsewhere.values()) {
    const { spentForMs, ejectedForMs, ...data } = other.data
    const spentUntil = spentForMs === null ? null : now + spentForMs
    const ejectedUntil = ejectedForMs === null ? null : now + ejectedForMs
    found.push(candidate(other, { ...data, spentUntil, ejectedUntil }, settings))
  }
  return found
}

type Listed = Pick<OtherStanding, 'account' | 'role' | 'priority' | 'weight' | 'region'>
type State = Pick<
  Candidate,
  'usable' | 'unusableBecause' | 'linked' | 'healthStatus' | 'active' | 'spentUntil' | 'ejectedUntil'
>

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
