// The decision: who keeps a conversation, and who gets a new one, by level, region and strategy; nobody rather than somebody unfit.

import type { RouteReason } from '../words.ts'
import type { Candidate, Decision, Request, RoutingSettings } from './candidate.ts'
import { type Level, type Plan, planOf } from './plan.ts'
import { within } from './sound.ts'
import type { Member, Picking } from './strategies/strategy.ts'

/** Chooses from values alone. Whoever asks often makes the plan once and picks from it. @param now milliseconds since the epoch */
export function choose(
  request: Request,
  candidates: readonly Candidate[],
  settings: RoutingSettings,
  random: () => number,
  now: number,
): Decision {
  return pick(planOf(without(candidates, request.except), settings, now), request, { random })
}

/** Those that may have it at all. */
export function without(
  candidates: readonly Candidate[],
  except: readonly string[] = [],
): readonly Candidate[] {
  return except.length === 0 ? candidates : candidates.filter(({ account }) => !except.includes(account))
}

/** @param plan without those that must not have it */
export function pick(plan: Plan, { pinned, bound, region, except }: Request, picking: Picking): Decision {
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
  const levels = levelsFor(plan, region)
  const level = draw(levels, picking)
  const members = groupOf(plan, level, region)
  const { account } = members[plan.strategy.pick(members, picking)] as Member
  return { account, reason: reasonOf(plan, pinned, levels, level), strategy, level: level.place }
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

/** One of the levels that have somebody, as often as its share says; there is one. */
function draw(levels: readonly Level[], { random }: Picking): Level {
  const open = levels.filter(({ share, members }) => share > 0 && members.length > 0)
  let left = open.length === 1 ? 0 : within(random(), 0, 1, 0)
  for (const level of open) {
    left -= level.share
    if (left < 0) return level
  }
  // The draw was 1, or the shares are short of 1 by a rounding.
  return open.at(-1) as Level
}

function reasonOf(plan: Plan, pinned: string | null, levels: readonly Level[], level: Level): RouteReason {
  if (pinned !== null) return 'repinned'
  if (plan.members.size === 1) return 'only'
  return level === levels[0] ? 'strategy' : 'spill-over'
}
