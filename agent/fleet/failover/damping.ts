// How long after a failover an account is left alone: longer each time, so that an account that comes and goes does not drag its work about.

export interface Damping {
  baseMs: number
  capMs: number
}

/**
 * Source: the habit of BGP route flap damping, with the figures of facts.md (5 min, doubling to 1 h).
 * @param failovers of the account until now, this one included
 */
export function blockedForMs(failovers: number, { baseMs, capMs }: Damping): number {
  return Math.min(capMs, baseMs * 2 ** Math.min(30, Math.max(0, failovers - 1)))
}
