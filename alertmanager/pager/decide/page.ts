// What a group of alerts does to its page: a page that somebody acknowledged is quiet for as long as one of the alerts stands that he took, unless it gets worse.

import { type NoticeKind, rankOf, type Severity } from '../words.ts'
import type { Group } from './group.ts'
import { goesOn, isFiring, isLater, type KnownGroup, levelOf, remembered } from './standing.ts'

export interface KnownPage {
  /** The severity that people know of. */
  level: Severity
  acknowledged: boolean
  /** Milliseconds. */
  heardAt: number
  groups: KnownGroup[]
}

export type Verdict =
  /** Nothing is known of what resolved. */
  | { do: 'ignore' }
  /** A page begins; `ended` says why the one that was open is over. */
  | { do: 'open'; ended: 'forgotten' | 'recurred' | null }
  /** Everybody is told again. */
  | { do: 'worse'; level: Severity }
  /** Whoever has not been told within the cooldown is told. */
  | { do: 'tell'; level: Severity }
  /** It is acknowledged, or the group has resolved and others of the page have not. */
  | { do: 'note'; level: Severity }
  | { do: 'end' }

/** @param after the page's groups as the webhook leaves them: groupsAfter */
export function judge(
  page: KnownPage | null,
  heard: Group,
  after: readonly KnownGroup[],
  now: number,
): Verdict {
  const standing = levelOf(after)
  if (heard.firing.length === 0) {
    if (page === null) return { do: 'ignore' }
    if (after.length === 0) return { do: 'end' }
    return { do: 'note', level: standing === null ? page.level : milder(page.level, standing) }
  }
  if (page === null) return { do: 'open', ended: null }
  const ended = whyOver(page, heard, after, now)
  if (ended !== null) return { do: 'open', ended }
  const severity = standing ?? heard.severity
  if (rankOf(severity) > rankOf(page.level)) return { do: 'worse', level: severity }
  // What became milder and grave again is worse again.
  return { do: page.acknowledged ? 'note' : 'tell', level: milder(page.level, severity) }
}

/** Why what fires now is another page: the end of the one that is open got lost. Null where it is the same page. */
function whyOver(
  page: KnownPage,
  heard: Group,
  after: readonly KnownGroup[],
  now: number,
): 'forgotten' | 'recurred' | null {
  const groups = page.groups.map((group) => remembered(group, now)).filter(isFiring)
  if (groups.length === 0) return 'forgotten'
  const known = groups.flatMap(({ alerts }) => alerts)
  // An alert that joined later is quiet with the others, but it does not keep them quiet.
  const carrying = page.acknowledged ? known.filter(({ taken }) => taken) : known
  const standing = after.flatMap(({ alerts }) => alerts)
  if (goesOn(carrying, standing)) return null
  const anew = known.some((each) => heard.firing.some((alert) => isLater(alert, each)))
  const allLater = heard.firing.every(({ startsAt }) => startsAt > page.heardAt)
  return page.acknowledged || anew || allLater ? 'recurred' : null
}

function milder(a: Severity, b: Severity): Severity {
  return rankOf(a) < rankOf(b) ? a : b
}

/** Why people are told. @param toldBefore whether somebody was told of this page in that way */
export function kindOf(verdict: 'open' | 'worse' | 'tell', toldBefore: boolean): NoticeKind {
  if (verdict === 'worse') return 'worse'
  return verdict === 'tell' && toldBefore ? 'repeat' : 'firing'
}
