// Which account is tested next, and by whom: only one that is idle, by one of its own pool, and never many at a time. No clock, no I/O.

/** An account as it stands now; times are milliseconds back from now. */
export interface Candidate {
  account: string
  pool: string
  /** Open and unrestricted. */
  able: boolean
  /** Since it last sent, was acknowledged or received anything but a test; since it is known where it never did. */
  quietMs: number
  /** Since its next test was due; negative while it is not. */
  overdueMs: number
  /** Since it last sent a test; null when it never did. */
  sentAgoMs: number | null
  /** It sends or awaits a test at this moment. */
  engaged: boolean
  /** Whose last test it did not receive; null when it did, or there was none. */
  missedFrom: string | null
}

export interface Rules {
  /** An account is idle when it was quiet for so long, in milliseconds. */
  intervalMs: number
  /** Between two tests of one process, and of one sender, in milliseconds. */
  spacingMs: number
}

export interface Probe {
  from: string
  to: string
}

/**
 * The test to send now; null for none. Who missed one comes first, so that a suspicion does not wait behind thousands; then who is
 * overdue the longest.
 * @param sinceLastMs since the last test of this process; null when there was none
 * @param random uniform in [0, 1): which of the possible senders
 */
export function nextProbe(
  candidates: readonly Candidate[],
  sinceLastMs: number | null,
  { intervalMs, spacingMs }: Rules,
  random: number,
): Probe | null {
  if (sinceLastMs !== null && sinceLastMs < spacingMs) return null
  const free = candidates.filter(({ able, engaged }) => able && !engaged)
  const due = free
    .filter(({ quietMs, overdueMs }) => quietMs >= intervalMs && overdueMs >= 0)
    .sort((a, b) => Number(isSuspect(b)) - Number(isSuspect(a)) || b.overdueMs - a.overdueMs)
  if (due.length === 0) return null
  const senders = Map.groupBy(
    free.filter(({ sentAgoMs }) => sentAgoMs === null || sentAgoMs >= spacingMs),
    ({ pool }) => pool,
  )
  for (const { account, pool, missedFrom } of due) {
    const others = (senders.get(pool) ?? []).filter((sender) => sender.account !== account)
    // Two senders that are not heard say more of the receiver than one that is not heard twice.
    const fresh = others.filter((sender) => sender.account !== missedFrom)
    const from = pick(fresh.length > 0 ? fresh : others, random)
    if (from) return { from: from.account, to: account }
  }
  return null
}

/** When the next test of an account is due, in milliseconds from now: half to one and a half times the interval. */
export function waitFor(intervalMs: number, random: number): number {
  return intervalMs * (0.5 + random)
}

const isSuspect = ({ missedFrom }: Candidate): boolean => missedFrom !== null

function pick<T>(list: readonly T[], random: number): T | undefined {
  return list[Math.min(list.length - 1, Math.floor(random * list.length))]
}
