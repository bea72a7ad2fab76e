// What a group of alerts does to its page: a page that somebody acknowledged is quiet until it resolves or gets worse, and never longer.

import { gravest, type NoticeKind, rankOf, type Severity } from '../words.ts'
import type { Group } from './group.ts'

/** One of Alertmanager's groups, as it was heard last. */
export interface KnownGroup {
  key: string
  firing: boolean
  severity: Severity
  occurrences: string[]
  /** Milliseconds. */
  heardAt: number
}

export interface KnownPage {
  /** The severity that people know of. */
  level: Severity
  acknowledged: boolean
  heardAt: number
  /** How long after heardAt it is forgotten, in milliseconds. */
  forgetMs: number
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

export function judge(page: KnownPage | null, group: Group, now: number): Verdict {
  if (page === null) return group.firing ? { do: 'open', ended: null } : { do: 'ignore' }
  const others = page.groups.filter(({ key, firing }) => firing && key !== group.key)
  if (!group.firing) {
    if (others.length === 0) return { do: 'end' }
    return { do: 'note', level: milder(page.level, gravest(others.map(({ severity }) => severity))) }
  }
  if (now - page.heardAt > page.forgetMs) return { do: 'open', ended: 'forgotten' }
  if (others.length === 0 && recurred(page, group)) return { do: 'open', ended: 'recurred' }
  const severity = gravest([group.severity, ...others.map((other) => other.severity)])
  if (rankOf(severity) > rankOf(page.level)) return { do: 'worse', level: severity }
  // What became milder and grave again is worse again.
  const level = milder(page.level, severity)
  return page.acknowledged ? { do: 'note', level } : { do: 'tell', level }
}

/** Every alert that was firing is gone, and others have begun since: the resolution between them got lost. */
function recurred({ groups }: KnownPage, { key, occurrences }: Group): boolean {
  const known = groups.find((each) => each.key === key)
  if (!known || known.occurrences.length === 0) return false
  return occurrences.every(
    (each) =>
      !known.occurrences.includes(each) && Date.parse(each.slice(each.indexOf('@') + 1)) > known.heardAt,
  )
}

function milder(a: Severity, b: Severity): Severity {
  return rankOf(a) < rankOf(b) ? a : b
}

/** Why people are told. @param toldBefore whether somebody was told of this page in that way */
export function kindOf(verdict: 'open' | 'worse' | 'tell', toldBefore: boolean): NoticeKind {
  if (verdict === 'worse') return 'worse'
  return verdict === 'tell' && toldBefore ? 'repeat' : 'firing'
}
