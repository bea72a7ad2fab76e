// An account that returns is given little at first: its weight rises in a straight line from a tenth to all of it.

const FROM = 0.1

/** The part of its weight that counts, 0.1 to 1. @param returnedAt null for an account that never was away */
export function slowStart(returnedAt: number | null, now: number, slowStartMs: number): number {
  if (returnedAt === null || Number.isNaN(returnedAt) || !(slowStartMs > 0)) return 1
  const part = (now - returnedAt) / slowStartMs
  if (Number.isNaN(part)) return 1
  return Math.min(1, Math.max(FROM, FROM + (1 - FROM) * part))
}
