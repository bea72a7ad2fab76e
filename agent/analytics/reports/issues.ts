// Which issues held in a period, how often and for how long, from when they were found and cleared.

import type { KeptEvent } from '../../history/port.ts'
import type { Range } from '../outages.ts'
import { adviceFor } from './advice.ts'
import type { HeldIssue } from './data.ts'

const severities = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']

interface Tally {
  severity: string
  times: number
  heldMs: number
  /** Since when it holds; null while it does not. */
  since: number | null
}

/**
 * The worst first. One that was found before the range and never cleared counts from the beginning of the range; one that a restart of
 * the agent finds again goes on.
 * @param events of one account, oldest first; other types and what lies before the range may be among them
 */
export function issuesOf(events: readonly KeptEvent[], range: Range): HeldIssue[] {
  const tallies = new Map<string, Tally>()
  for (const event of events) {
    if (event.at >= range.until || typeof event.issue !== 'string') continue
    if (event.type === 'diagnosis.found') found(tallies, event, event.issue, range)
    else if (event.type === 'diagnosis.cleared') cleared(tallies, event, event.issue, range)
  }
  return [...tallies]
    .map(([issue, { severity, times, heldMs, since }]) => ({
      issue,
      severity,
      times,
      heldMs: heldMs + (since === null ? 0 : range.until - since),
      holds: since !== null,
      recommendation: adviceFor(issue),
    }))
    .filter(({ heldMs }) => heldMs > 0)
    .sort((a, b) => rank(b.severity) - rank(a.severity) || b.heldMs - a.heldMs)
}

function found(tallies: Map<string, Tally>, event: KeptEvent, issue: string, range: Range): void {
  const tally = tallies.get(issue) ?? { severity: 'LOW', times: 0, heldMs: 0, since: null }
  if (rank(String(event.severity)) > rank(tally.severity)) tally.severity = String(event.severity)
  if (tally.since === null) tally.times += 1
  tally.since ??= Math.max(event.at, range.from)
  tallies.set(issue, tally)
}

function cleared(tallies: Map<string, Tally>, event: KeptEvent, issue: string, range: Range): void {
  const tally = tallies.get(issue)
  if (!tally || tally.since === null) return
  if (event.at <= range.from) tallies.delete(issue)
  else {
    tally.heldMs += event.at - tally.since
    tally.since = null
  }
}

function rank(severity: string): number {
  return severities.indexOf(severity)
}
