// Who takes over from an account, and why nobody else: a ranking of its pool from plain values. No clock, no I/O.

import type { Candidate } from '../../routing/candidate.ts'
import type { AccountMode } from '../../words.ts'

export interface PlanFacts {
  /** Who has failed. */
  from: Candidate
  /** The accounts of the pool, itself included. */
  pool: readonly Candidate[]
  /** Named by a person; null for whoever is best. */
  to: string | null
  /** Tried already in this failover, with why it was given up. */
  tried: ReadonlyMap<string, string>
}

export interface Ranked {
  account: string
  /** From 1; null where it was refused. */
  rank: number | null
  why: string
}

export interface Plan {
  chosen: string | null
  /** Of the chosen one, as it was known; null where nobody was. */
  mode: AccountMode | null
  ranking: Ranked[]
}

export function planFailover({ from, pool, to, tried }: PlanFacts): Plan {
  const refused: Ranked[] = []
  const able: Candidate[] = []
  for (const candidate of pool) {
    if (candidate.account === from.account) continue
    const why = refusalOf(candidate, to, tried)
    if (why === null) able.push(candidate)
    else refused.push({ account: candidate.account, rank: null, why })
  }
  able.sort((a, b) => compare(a, b, from))
  const ranking = able.map((candidate, i) => ({
    account: candidate.account,
    rank: i + 1,
    why: inWords(candidate, from),
  }))
  const [best] = able
  return {
    chosen: best?.account ?? null,
    mode: best?.mode ?? null,
    ranking: [...ranking, ...refused],
  }
}

function refusalOf(
  candidate: Candidate,
  to: string | null,
  tried: ReadonlyMap<string, string>,
): string | null {
  const { account, mode, usable, unusableBecause, healthStatus } = candidate
  const before = tried.get(account)
  if (before !== undefined) return `tried: ${before}`
  if (to !== null && account !== to) return `${to} was asked for`
  // Whom an earlier failover took out is the last resort while it is well, and the way back where a person names it.
  if (mode === 'maintenance' || mode === 'draining') return `its mode is ${mode}`
  if (!usable) return unusableBecause ?? 'it cannot send now'
  if (healthStatus === 'unhealthy') return 'it is unhealthy'
  return null
}

/** Whom a failover took out comes last, and next to last whose day is spent. Of the others backups first, for that is what they are for; then priority, the region of the failed one, health, and load by weight. */
function compare(a: Candidate, b: Candidate, from: Candidate): number {
  return (
    Number(a.mode === 'out') - Number(b.mode === 'out') ||
    Number(a.spentUntil !== null) - Number(b.spentUntil !== null) ||
    Number(a.role !== 'backup') - Number(b.role !== 'backup') ||
    a.priority - b.priority ||
    Number(a.region !== from.region) - Number(b.region !== from.region) ||
    Number(a.healthStatus === 'warning') - Number(b.healthStatus === 'warning') ||
    load(a) - load(b) ||
    (a.account < b.account ? -1 : 1)
  )
}

function load({ active, weight }: Candidate): number {
  return (active + 1) / Math.max(weight, 0.1)
}

function inWords(candidate: Candidate, from: Candidate): string {
  const { role, priority, region, healthStatus, active, mode, spentUntil } = candidate
  const where = region === from.region ? 'the same region' : `region ${region}`
  const out = mode === 'out' ? ', out after a failover and well again' : ''
  const spent = spentUntil === null ? '' : ', its limit of the day is used up'
  return `${role}, priority ${priority}, ${where}, ${healthStatus}, ${active} messages${spent}${out}`
}
