// Pools that send nothing although no session may be ill: nobody of them takes a new conversation, or messages are parked in them.

/** What the API says of a pool and its accounts, as far as it matters here. */
export interface PoolNow {
  pool: string
  accounts: { account: string; share: number; why: string; mode: string; modeSince: string | null }[]
}

/** A message that is parked. */
export interface ParkedNow {
  pool: string
  acceptedAt: string
}

export interface SilentPool {
  pool: string
  severity: 'CRITICAL' | 'HIGH' | 'MEDIUM'
  /** Since when the last of its accounts is not up; null where their modes are not the reason. */
  since: string | null
  /** Nobody of it takes a new conversation. */
  silent: boolean
  /** Parked messages that were counted, and when the first of them was accepted. */
  parked: number
  oldestAt: string | null
  /** Why nobody takes any, and whom each reason keeps out. */
  reasons: Record<string, string[]>
}

/** Those in which something waits first. @param parked null where nobody could be asked */
export function silentPools(pools: readonly PoolNow[], parked: readonly ParkedNow[] | null): SilentPool[] {
  const listed = new Set(pools.map(({ pool }) => pool))
  const unlisted = new Set(parked?.map(({ pool }) => pool).filter((pool) => !listed.has(pool)))
  return [...pools, ...[...unlisted].map((pool): PoolNow => ({ pool, accounts: [] }))]
    .map((each) => look(each, parked ?? []))
    .filter((each) => each.silent || each.parked > 0)
    .sort((a, b) => gravity(b) - gravity(a) || b.parked - a.parked)
}

function look({ pool, accounts }: PoolNow, all: readonly ParkedNow[]): SilentPool {
  const acceptedAt = all.filter((each) => each.pool === pool).map((each) => each.acceptedAt)
  const idle = accounts.every(({ share }) => share === 0)
  // A pool without accounts and without messages is one that nobody uses.
  const silent = idle && (accounts.length > 0 || acceptedAt.length > 0)
  const reasons: Record<string, string[]> = {}
  for (const { account, why } of silent ? accounts : []) reasons[why] = [...(reasons[why] ?? []), account]
  const byHand = silent && accounts.length > 0 && accounts.every(({ mode }) => mode !== 'up')
  return {
    pool,
    severity: silent ? (acceptedAt.length > 0 ? 'CRITICAL' : 'HIGH') : 'MEDIUM',
    since: byHand
      ? (accounts
          .flatMap(({ modeSince }) => modeSince ?? [])
          .sort()
          .at(-1) ?? null)
      : null,
    silent,
    parked: acceptedAt.length,
    oldestAt: [...acceptedAt].sort()[0] ?? null,
    reasons,
  }
}

function gravity({ severity }: SilentPool): number {
  return ['MEDIUM', 'HIGH', 'CRITICAL'].indexOf(severity)
}
