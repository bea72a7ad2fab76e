// Which accounts get no new conversations for a while because their sends fail: longer each time, and never so that most of a pool take none.

/** One account's sends, as far as they speak of the account. Times are milliseconds since the epoch. */
export interface SendFacts {
  account: string
  /** Messages that failed since the last acknowledgement. */
  failuresInARow: number
  /** How often it was ejected, as far as that is remembered. */
  ejections: number
  /** Null for one that never was. */
  ejectedUntil: number | null
}

export interface EjectionSettings {
  /** So many messages that failed in a row eject. */
  failures: number
  /** The first time so long; the second time twice as long, and so on; milliseconds. */
  stepMs: number
  /** Never longer, in milliseconds. */
  maxMs: number
}

export interface Ejection {
  account: string
  forMs: number
  /** How many this makes. */
  ejections: number
}

/** The accounts of a pool, on every node. */
export interface PoolFacts {
  accounts: readonly string[]
  /** Those of them that take no new conversations anyway, for whatever reason. */
  unfit: ReadonlySet<string>
}

/**
 * Who is ejected now, the one with most failures first. At most half of the pool, rounded down, takes no new conversations after an
 * ejection: where so many are away for other reasons already, nobody is ejected, and never the last one.
 */
export function ejections(
  facts: readonly SendFacts[],
  { accounts, unfit }: PoolFacts,
  settings: EjectionSettings,
  now: number,
): Ejection[] {
  const away = new Set(unfit)
  for (const fact of facts) if (isOut(fact, now)) away.add(fact.account)
  const failing = facts
    .filter((fact) => !isOut(fact, now) && fact.failuresInARow >= settings.failures)
    .sort((a, b) => b.failuresInARow - a.failuresInARow)
  const found: Ejection[] = []
  for (const fact of failing) {
    // One that is away anyway makes no difference now, but may come back before it is over.
    const then = away.has(fact.account) ? away.size : away.size + 1
    if (then > Math.floor(accounts.length / 2)) continue
    away.add(fact.account)
    const count = remembered(fact, settings, now) + 1
    const forMs = Math.min(settings.maxMs, settings.stepMs * count)
    found.push({ account: fact.account, forMs, ejections: count })
  }
  return found
}

export function isOut({ ejectedUntil }: Pick<SendFacts, 'ejectedUntil'>, now: number): boolean {
  return ejectedUntil !== null && ejectedUntil > now
}

/** One ejection is forgotten for each longest time that passed since the last one ended. */
function remembered({ ejections: count, ejectedUntil }: SendFacts, { maxMs }: EjectionSettings, now: number) {
  if (ejectedUntil === null || !(maxMs > 0)) return count
  return Math.max(0, count - Math.floor(Math.max(0, now - ejectedUntil) / maxMs))
}
