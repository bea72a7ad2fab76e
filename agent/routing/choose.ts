// The decision: who keeps a conversation, and who gets a new one, by level, region and strategy; nobody rather than somebody unfit.

import type { RouteReason } from '../words.ts'
import type { Candidate, Decision, Request, RoutingSettings } from './candidate.ts'
import { type Level, type Plan, planOf } from './plan.ts'
import type { Member } from './strategies/strategy.ts'
import { type Group, turn } from './turn.ts'

/** Chooses from values alone. Whoever asks often makes the plan once and picks from it. @param now milliseconds since the epoch */
export function choose(
  request: Request,
  candidates: readonly Candidate[],
  settings: RoutingSettings,
  random: () => number,
  now: number,
): Decision {
  const { except = [] } = request
  const may = candidates.filter(({ account }) => !except.includes(account))
  return pick(planOf(may, settings, now, new Map(), random), request)
}

/** Takes a turn where the conversation is a new one. @param plan without those that must not have it */
export function pick(plan: Plan, { pinned, bound, region, except }: Request): Decision {
  const strategy = plan.strategy.name
  if (bound !== null) {
    const goes = takesBound(plan, bound, pinned)
    return { account: goes ? bound : null, reason: goes ? 'bound' : 'bound-away', strategy, level: null }
  }
  if (pinned !== null && keeps(plan, pinned))
    return { account: pinned, reason: 'pinned', strategy, level: null }
  if (plan.members.size === 0) {
    const empty = plan.candidates.size === 0 && !except?.length
    const reason = empty ? 'empty' : 'nobody'
    return { account: null, reason, strategy, level: null }
  }
  const groups = groupsFor(plan, region)
  const { member, group } = turn(groups, plan.strategy)
  const { level } = groups[group] as OfLevel
  const first = level === levelsFor(plan, region)[0]
  return { account: member.account, reason: reasonOf(plan, pinned, first), strategy, level: level.place }
}

/**
 * A conversation stays with its account also while that only reconnects: the message waits. What moves it is somebody's decision, a mode.
 */
export function keeps({ candidates }: Plan, account: string): boolean {
  const mode = candidates.get(account)?.mode
  return mode === 'up' || mode === 'draining'
}

/** Naming an account does not make a conversation an old one. */
export function takesBound({ candidates }: Plan, bound: string, pinned: string | null): boolean {
  const mode = candidates.get(bound)?.mode
  return mode === 'up' || (mode === 'draining' && pinned === bound)
}

/** The levels that a request goes over: those of its region where the strategy stays there and the region has anybody. */
export function levelsFor(plan: Plan, region: string | null): readonly Level[] {
  const own = plan.regions.get(region ?? plan.settings.region ?? '')
  return own?.some(({ members }) => members.length > 0) ? own : plan.levels
}

/** The region's accounts of the level, or all of them where it has none there. */
export function groupOf(plan: Plan, level: Level, region: string | null): readonly Member[] {
  const wanted = region ?? (plan.strategy.regionFirst ? plan.settings.region : null)
  return (wanted === null ? undefined : level.byRegion.get(wanted)) ?? level.members
}

/** The accounts of one level that a request may go to. */
export interface OfLevel extends Group {
  readonly level: Level
}

/** Everybody that such a request may go to, with the share of each level; empty where nobody may. */
export function groupsFor(plan: Plan, region: string | null): OfLevel[] {
  return levelsFor(plan, region)
    .filter(({ share, members }) => share > 0 && members.length > 0)
    .map((level) => ({ level, share: level.share, members: groupOf(plan, level, region) }))
}

function reasonOf(plan: Plan, pinned: string | null, firstLevel: boolean): RouteReason {
  if (pinned !== null) return 'repinned'
  if (plan.members.size === 1) return 'only'
  return firstLevel ? 'strategy' : 'spill-over'
}
