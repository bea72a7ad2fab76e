// Healthy, warning or unhealthy: a score that trembles about a threshold does not make the status tremble.

export const healthStatuses = ['healthy', 'warning', 'unhealthy', 'unknown'] as const
export type HealthStatus = (typeof healthStatuses)[number]

export interface Thresholds {
  /** From here on healthy. */
  healthyFrom: number
  /** Below this unhealthy. */
  unhealthyBelow: number
  /** Points beyond a threshold that a score needs to rise over it; it falls below it at once. */
  hysteresis: number
}

const rank: Readonly<Record<HealthStatus, number>> = { unknown: 3, healthy: 2, warning: 1, unhealthy: 0 }

/** Bad news is believed at once, good news when it is clear. @param before the status until now */
export function statusOf(score: number | null, before: HealthStatus, thresholds: Thresholds): HealthStatus {
  if (score === null) return 'unknown'
  const plain = plainStatus(score, thresholds)
  if (before === 'unknown' || rank[plain] <= rank[before]) return plain
  const { healthyFrom, unhealthyBelow, hysteresis } = thresholds
  const clear = plainStatus(score, {
    healthyFrom: Math.min(100, healthyFrom + hysteresis),
    unhealthyBelow: Math.min(100, unhealthyBelow + hysteresis),
  })
  return rank[clear] > rank[before] ? clear : before
}

function plainStatus(
  score: number,
  { healthyFrom, unhealthyBelow }: Omit<Thresholds, 'hysteresis'>,
): HealthStatus {
  if (score >= healthyFrom) return 'healthy'
  return score < unhealthyBelow ? 'unhealthy' : 'warning'
}
