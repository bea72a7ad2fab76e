// Which alerts of a page still stand: known by the alert and its beginning and not by the group that brought it, because the end of a group can get lost.

import { gravest, type Severity } from '../words.ts'
import type { FiringAlert, Group, Occurrence } from './group.ts'

export interface StandingAlert extends FiringAlert {
  /** When a webhook named it last, in milliseconds. */
  heardAt: number
  /** It was known when the page was acknowledged. */
  taken: boolean
}

/** One of Alertmanager's groups: its next webhook replaces what it said before. */
export interface KnownGroup {
  key: string
  alerts: StandingAlert[]
  /** It has more alerts than its last webhook named. */
  truncated: boolean
  heardAt: number
  /** How long after they were heard of its alerts are forgotten, in milliseconds. */
  forgetMs: number
}

/** Alerts of a group; those that were heard last. */
const MOST = 10_000

/**
 * The groups of a page after a webhook; empty ones are left out. What it says of an alert counts in every group: an end, and a beginning
 * that is later than the known one, which is the end of that.
 */
export function groupsAfter(
  groups: readonly KnownGroup[],
  heard: Group,
  forgetMs: number,
  now: number,
): KnownGroup[] {
  const before = groups.map((group) => remembered(group, now))
  const known = byFingerprint(before.flatMap(({ alerts }) => alerts))
  const begun = byFingerprint(heard.firing)
  const over = byFingerprint(heard.resolved)
  const stands = ({ fingerprint, startsAt }: Occurrence): boolean =>
    !begun.get(fingerprint)?.some((each) => each.startsAt > startsAt) &&
    !over.get(fingerprint)?.some((each) => each.startsAt >= startsAt)
  const named = heard.firing.map((alert) => {
    const taken = known.get(alert.fingerprint)?.some((each) => each.taken && !isLater(alert, each)) ?? false
    return { ...alert, heardAt: now, taken }
  })
  const own = before.find(({ key }) => key === heard.key)
  const unnamed = heard.truncated
    ? (own?.alerts ?? []).filter((each) => !begun.has(each.fingerprint) && stands(each))
    : []
  const after = [
    ...before
      .filter((group) => group !== own)
      .map((group) => ({ ...group, alerts: group.alerts.filter(stands) })),
    {
      key: heard.key,
      alerts: [...named, ...unnamed].slice(0, MOST),
      truncated: heard.truncated || named.length + unnamed.length > MOST,
      heardAt: now,
      forgetMs,
    },
  ]
  return after.filter(isFiring)
}

/** Without what nothing was heard of for too long. */
export function remembered(group: KnownGroup, now: number): KnownGroup {
  const recent = (at: number): boolean => now - at <= group.forgetMs
  const alerts = group.alerts.filter(({ heardAt }) => recent(heardAt))
  return { ...group, alerts, truncated: group.truncated && recent(group.heardAt) }
}

export function isFiring({ alerts, truncated }: KnownGroup): boolean {
  return alerts.length > 0 || truncated
}

/** Whether the alert fires again, after that occurrence of it was over. */
export function isLater(alert: Occurrence, than: Occurrence): boolean {
  return alert.fingerprint === than.fingerprint && alert.startsAt > than.startsAt
}

/** Whether the occurrence is among them. Of two Prometheus servers one has seen it earlier: that is the same one. */
export function goesOn(known: readonly Occurrence[], among: readonly Occurrence[]): boolean {
  const now = byFingerprint(among)
  return known.some((each) => now.get(each.fingerprint)?.some((other) => !isLater(other, each)))
}

/** What stands of a page that is over belongs to the next one, which nobody has acknowledged. */
export function untaken(groups: readonly KnownGroup[]): KnownGroup[] {
  return groups.map((group) => ({
    ...group,
    alerts: group.alerts.map((alert) => ({ ...alert, taken: false })),
  }))
}

/** How grave they are together; null where no alert is named. */
export function levelOf(groups: readonly KnownGroup[]): Severity | null {
  const all = groups.flatMap(({ alerts }) => alerts.map(({ severity }) => severity))
  return all.length === 0 ? null : gravest(all)
}

function byFingerprint<T extends Occurrence>(alerts: readonly T[]): Map<string, T[]> {
  return Map.groupBy(alerts, ({ fingerprint }) => fingerprint)
}
