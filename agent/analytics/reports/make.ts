// One report from the history and from memory: account after account, so that a hundred of them neither hold the event loop nor fill the memory.

import type { History } from '../../history/port.ts'
import { iso } from '../../iso.ts'
import type { ReportType } from '../../words.ts'
import type { Range } from '../outages.ts'
import { type AccountPart, accountPart, type Listed, type Live } from './account.ts'
import type { ReportData } from './data.ts'
import { notesOf, reachesBack } from './notes.ts'
import { outageTimes } from './outage-times.ts'
import { shownPhone } from './phones.ts'
import { rangesOf } from './ranges.ts'
import { readPast } from './read.ts'
import { lineOf } from './scores.ts'
import { silentMs } from './service.ts'
import { totalsOf, worstOf } from './totals.ts'

export interface MakerParts {
  history: History
  /** All accounts of the store that are not retired. Rejects with StoreError. */
  accounts(): Promise<Listed[]>
  /** What this process knows now of an account of its own; null for others. */
  live(account: string): Live | null
  /** Between two scores of an account, in milliseconds; five minutes where it is absent. */
  scoredEveryMs?: number
  timezone: string
  phones: 'masked' | 'full'
  thresholds: { healthyFrom: number; unhealthyBelow: number }
}

export interface Wish {
  type: ReportType
  /** Account ids or phones; everybody where it is absent or empty. */
  phones?: readonly string[] | undefined
  /** Nobody else is in the report, or known to it. */
  only?: ((account: Listed) => boolean) | undefined
  /** End of the period, in milliseconds since the epoch. */
  until: number
}

/** Nobody lists one of the accounts that were asked for. */
export class UnknownAccountError extends Error {
  constructor(key: string) {
    super(`no account has the id or phone "${key.slice(0, 64)}"`)
    this.name = 'UnknownAccountError'
  }
}

/** A report that ends longer ago than this does not end now, in milliseconds. */
const NOW_MS = 5 * 60_000
const WORST = 3
/** A month of a thousand accounts from a slow history; nobody waits longer for a report. */
const WITHIN_MS = 5 * 60_000

/** Rejects with UnknownAccountError, HistoryError or StoreError, and with a TimeoutError after five minutes. @param now milliseconds since the epoch */
export async function makeReport(parts: MakerParts, wish: Wish, now: number): Promise<ReportData> {
  const { range, before } = rangesOf(wish.type, wish.until)
  const stop = AbortSignal.timeout(WITHIN_MS)
  const all = await parts.accounts()
  const listed = chosen(wish.only ? all.filter(wish.only) : all, wish.phones ?? [])
  const present = now - wish.until < NOW_MS
  const counted = present && wish.type === 'daily'
  const silent = silentMs(parts.scoredEveryMs)
  const inPeriod: AccountPart[] = []
  const inPeriodBefore: AccountPart[] = []
  const cut: { account: string; at: number }[] = []
  let oldest: number | null = null
  for (const each of listed) {
    const { events, cutAt } = await readPast(
      parts.history,
      each.account,
      // A change that comes right after the period says what the last silence in it was.
      { from: before.from, until: range.until + silent },
      stop,
    )
    if (cutAt !== null) cut.push({ account: each.account, at: cutAt })
    const first = events[0]?.at
    if (first !== undefined) oldest = Math.min(oldest ?? first, first)
    const shown = { ...each, phone: shownPhone(each.phone, parts.phones) }
    const live = present ? parts.live(each.account) : null
    const of = (period: Range, at: Live | null): AccountPart =>
      accountPart({ listed: shown, events, live: at, counted, now, silentMs: silent }, period)
    inPeriod.push(of(range, live))
    inPeriodBefore.push(of(before, null))
  }
  const compared = reachesBack(oldest, before)
  const unknown = inPeriod.filter(({ report }) => !report.known).map(({ report }) => report.account)
  const uncounted = inPeriod.some(({ report }) => report.known && report.messages.acknowledged === null)
  const gaps = { range, accounts: listed.length, unknown, oldest, cut, uncounted, compared }
  return {
    type: wish.type,
    from: iso(range.from),
    until: iso(range.until),
    madeAt: iso(now),
    timezone: parts.timezone,
    thresholds: { ...parts.thresholds },
    fleet: totalsOf(inPeriod),
    before: compared ? totalsOf(inPeriodBefore) : null,
    worst: worstOf(inPeriod, WORST).map(({ report, samples }) =>
      lineOf(report.account, samples, range, wish.type),
    ),
    outageTimes: outageTimes(
      inPeriod.flatMap(({ outages }) => outages.map(({ from }) => from)),
      parts.timezone,
    ),
    accounts: inPeriod.map(({ report }) => report),
    notes: notesOf(gaps),
  }
}

function chosen(all: readonly Listed[], keys: readonly string[]): Listed[] {
  if (keys.length === 0) return [...all]
  const bare = (phone: string): string => phone.replace(/^\+/, '')
  const found = keys.map((key) => {
    const one = all.find(({ account, phone }) => account === key || bare(phone) === bare(key))
    if (!one) throw new UnknownAccountError(key)
    return one
  })
  return [...new Set(found)]
}
