// Which accounts get no new conversations for a while because their sends fail: longer each time, and never most of a pool.

/** One account's sends, as far as they speak of the account. Times are milliseconds since the epoch. */
export interface SendFacts {
  account: string
  /** Failures since the last acknowledgement. */
  failuresInARow: number
  /** How often it was ejected, as far as that is remembered. */
  ejections: number
  /** Null for one that never was. */
  ejectedUntil: number | null
}

export interface EjectionSettings {
  /** So many failures in a row eject. */
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

/**
 * Who is ejected now, the one with most failures first.
 * @param poolSize all accounts of the pool, on every node; at most half of them, rounded down, are out at once
 * @param elsewhere accounts of the pool that other nodes have ejected
 */
export function ejections(
  facts: readonly SendFacts[],
  poolSize: number,
  elsewhere: number,
  settings: EjectionSettings,
  now: number,
): Ejection[] {
  const out = facts.filter((fact) => isOut(fact, now)).length + elsewhere
  const room = Math.floor(poolSize / 2) - out
  if (!(room > 0)) return []
  return facts
    .filter((fact) => !isOut(fact, now) && fact.failuresInARow >= settings.failures)
    .sort((a, b) => b.failuresInARow - a.failuresInARow)
    .slice(0, room)
    .map((fact) => {
      const count = remembered(fact, settings, now) + 1
      return {
        account: fact.account,
        forMs: Math.min(settings.maxMs, settings.stepMs * count),
        ejections: count,
      }
    })
}

export function isOut({ ejectedUntil }: Pick<SendFacts, 'ejectedUntil'>, now: number): boolean {
  return ejectedUntil !== null && ejectedUntil > now
}

/** One ejection is forgotten for each longest time that passed since the last one ended. */
function remembered({ ejections: count, ejectedUntil }: SendFacts, { maxMs }: EjectionSettings, now: number) {
  if (ejectedUntil === null || !(maxMs > 0)) return count
  return Math.max(0, count - Math.floor(Math.max(0, now - ejectedUntil) / maxMs))
}
