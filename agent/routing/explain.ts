// Why each account of a pool gets what it gets: the same plan that decides, in words and shares.

import type { Considered, Request } from './candidate.ts'
import { groupOf, groupsFor, keeps, levelsFor, takesBound } from './choose.ts'
import { type Plan, refusal } from './plan.ts'
import { slowStart } from './slow-start.ts'
import { weightOf } from './sound.ts'

/** Every account in the order of the pool. @param now milliseconds since the epoch */
export function explain(plan: Plan, request: Request, now: number): Considered[] {
  const settled = settle(plan, request)
  if (settled)
    return [...plan.candidates.keys()].map((account) =>
      account === settled.account
        ? { account, share: settled.takes ? 1 : 0, why: settled.why }
        : { account, share: 0, why: settled.others },
    )
  const shares = sharesOf(plan, request.region)
  return [...plan.candidates.values()].map((candidate) => {
    const { account } = candidate
    const refused = refusal(candidate, now)
    if (refused !== null) return { account, share: 0, why: refused }
    const share = shares.get(account) ?? 0
    return { account, share, why: share > 0 ? whyTaken(plan, account, now) : whyNot(plan, account, request) }
  })
}

/** What is decided without looking at levels; null where they are looked at. */
function settle(plan: Plan, { bound, pinned }: Request) {
  if (bound !== null) {
    const takes = takesBound(plan, bound, pinned)
    const mode = plan.candidates.get(bound)?.mode ?? 'not in this pool'
    return {
      account: bound,
      takes,
      why: takes ? 'the caller named it' : `the caller named it, and it is ${mode}`,
      others: `the caller named ${bound}`,
    }
  }
  if (pinned === null || !keeps(plan, pinned)) return null
  return {
    account: pinned,
    takes: true,
    why: 'the conversation has it',
    others: `the conversation has ${pinned}`,
  }
}

/** What each account may expect of many requests of the region. */
export function sharesOf(plan: Plan, region: string | null): Map<string, number> {
  const shares = new Map<string, number>()
  for (const { share, members } of groupsFor(plan, region))
    for (const [i, part] of plan.strategy.shares(members).entries())
      shares.set(members[i]?.account ?? '', share * part)
  return shares
}

function whyTaken(plan: Plan, account: string, now: number): string {
  const { weight = 1, returnedAt = null } = plan.candidates.get(account) ?? {}
  const level = plan.levels.find(({ members }) => members.some((member) => member.account === account))
  const active = plan.members.get(account)?.active ?? 0
  const part = slowStart(returnedAt, now, plan.settings.slowStartMs)
  const slowly = part < 1 && plan.strategy.spreads ? `, starting slowly at ${Math.round(part * 100)}%` : ''
  return `level ${level?.place ?? 0}, weight ${weightOf(weight)}${slowly}, ${active} active`
}

function whyNot(plan: Plan, account: string, { region }: Request): string {
  const levels = levelsFor(plan, region)
  const own = levels.find(({ members }) => members.some((member) => member.account === account))
  const wanted = region ?? plan.settings.region
  if (!own) return `another region than ${wanted}`
  if (own.share === 0) return 'a better level takes everything'
  if (!groupOf(plan, own, region).some((member) => member.account === account))
    return `another region than ${wanted}`
  return 'another one comes first'
}
