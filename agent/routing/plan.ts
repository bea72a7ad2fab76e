// A pool made ready for quick decisions: who may take new conversations, by level and region, with what counts of each weight.

import type { Candidate, RoutingSettings } from './candidate.ts'
import { slowStart } from './slow-start.ts'
import { activeOf, priorityOf, weightOf } from './sound.ts'
import { firstOnly, spillOver } from './spill-over.ts'
import { strategies } from './strategies/index.ts'
import type { Member, Strategy } from './strategies/strategy.ts'
import { type Credits, creditsFor } from './turn.ts'

export interface Level {
  /** Its place among all levels of the pool, from 0. */
  readonly place: number
  /** Its part of the traffic, 0 to 1. */
  readonly share: number
  readonly members: readonly Member[]
  readonly byRegion: ReadonlyMap<string, readonly Member[]>
}

export interface Plan {
  readonly strategy: Strategy
  readonly settings: RoutingSettings
  readonly candidates: ReadonlyMap<string, Candidate>
  /** Those that may take new conversations. */
  readonly members: ReadonlyMap<string, Member>
  readonly levels: readonly Level[]
  /** Each region by itself, for a strategy that stays in the region. */
  readonly regions: ReadonlyMap<string, readonly Level[]>
}

/** Why an account takes no new conversation; null where it does. */
export function refusal(candidate: Candidate, now: number): string | null {
  const { mode, usable, unusableBecause, healthStatus, spentUntil, ejectedUntil } = candidate
  if (mode === 'out') return 'out: a failover took it out'
  if (mode === 'maintenance') return 'in maintenance'
  if (mode === 'draining') return 'draining: it takes no new conversations'
  if (!usable) return unusableBecause ?? 'it cannot send now'
  if (healthStatus === 'unhealthy') return 'unhealthy'
  if (spentUntil !== null && spentUntil > now)
    return `its limit of the day is spent, for ${Math.ceil((spentUntil - now) / 60_000)} min at most`
  if (ejectedUntil !== null && ejectedUntil > now) {
    const seconds = Math.ceil((ejectedUntil - now) / 1000)
    return `ejected for ${Number.isFinite(seconds) ? `${seconds} s more` : 'a while'}: too many sends failed in a row`
  }
  return null
}

/** @param now milliseconds since the epoch @param credits of an earlier plan of the pool @param random uniform in [0, 1) */
export function planOf(
  candidates: readonly Candidate[],
  settings: RoutingSettings,
  now: number,
  credits: Credits = new Map(),
  random: () => number = () => 0,
): Plan {
  const able = candidates.filter((candidate) => refusal(candidate, now) === null)
  const creditOf = creditsFor(
    able.map(({ account }) => account),
    credits,
    random,
  )
  const members = new Map<string, Member>()
  for (const { account, weight, active, returnedAt } of able) {
    const fullWeight = weightOf(weight)
    members.set(account, {
      account,
      weight: fullWeight * slowStart(returnedAt, now, settings.slowStartMs),
      fullWeight,
      active: activeOf(active),
      credit: creditOf(account),
    })
  }
  return assembled(candidates, settings, members)
}

/** The same as if the pool did not have these accounts. Load and credits are those of the whole plan: what one gives out the other knows. */
export function planWithout(plan: Plan, except: readonly string[]): Plan {
  const left = [...plan.candidates.values()].filter(({ account }) => !except.includes(account))
  const members = new Map([...plan.members].filter(([account]) => !except.includes(account)))
  return assembled(left, plan.settings, members)
}

function assembled(
  candidates: readonly Candidate[],
  settings: RoutingSettings,
  members: ReadonlyMap<string, Member>,
): Plan {
  const strategy = strategies[settings.strategy]
  const places = placesOf(candidates)
  const regions = new Map<string, Level[]>()
  if (strategy.regionFirst)
    for (const [region, own] of Map.groupBy(candidates, (candidate) => candidate.region))
      regions.set(region, levelsOf(own, places, members, strategy))
  return {
    strategy,
    settings,
    candidates: new Map(candidates.map((candidate) => [candidate.account, candidate])),
    members,
    levels: levelsOf(candidates, places, members, strategy),
    regions,
  }
}

/** Backups stand behind all primaries, whatever their priority; among themselves they keep it. */
function rankOf({ role, priority }: Candidate): number {
  return (role === 'backup' ? 1_000 : 0) + priorityOf(priority)
}

function placesOf(candidates: readonly Candidate[]): Map<number, number> {
  const ranks = [...new Set(candidates.map(rankOf))].sort((a, b) => a - b)
  return new Map(ranks.map((rank, place) => [rank, place]))
}

function levelsOf(
  candidates: readonly Candidate[],
  places: ReadonlyMap<number, number>,
  members: ReadonlyMap<string, Member>,
  { spreads }: Strategy,
): Level[] {
  const byPlace = [...Map.groupBy(candidates, (candidate) => places.get(rankOf(candidate)) ?? 0)]
  byPlace.sort(([a], [b]) => a - b)
  const able = byPlace.map(([, all]) => all.filter(({ account }) => members.has(account)))
  // Accounts that nobody has linked yet were never there: who adds some must not send traffic to the backups.
  const linked = byPlace.map(([, all]) => all.filter((each) => each.linked).length)
  const strengths = able.map((own, i) => ({ able: own.length, all: linked[i] ?? 0 }))
  const shares = (spreads ? spillOver : firstOnly)(strengths)
  return byPlace.map(([place], i) => ({
    place,
    share: shares[i] ?? 0,
    members: membersOf(able[i] ?? [], members),
    byRegion: new Map(
      [...Map.groupBy(able[i] ?? [], ({ region }) => region)].map(([region, own]) => [
        region,
        membersOf(own, members),
      ]),
    ),
  }))
}

function membersOf(candidates: readonly Candidate[], members: ReadonlyMap<string, Member>): Member[] {
  return candidates.flatMap(({ account }) => members.get(account) ?? [])
}
