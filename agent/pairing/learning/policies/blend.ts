// Four fifths of the base and one fifth of what the account's own scans recommend, once there are enough of them.

import { fromScans } from '../learned.ts'
import { clamp, type Policy } from '../policy.ts'

/** The recommended window is the p95 and this much. */
const marginMs = 10_000
const recommendedShare = 0.2

export const blend: Policy = ({ account }, _inARow, settings) => {
  const { scans, p95Ms, confidence } = fromScans(account)
  const { baseMs } = settings
  const trusted = scans >= settings.minimumScans && confidence >= settings.confidence
  if (!trusted || p95Ms === null)
    return { windowMs: clamp(baseMs, settings), source: 'base', confidence, p95Ms }
  const adjustedMs = baseMs * (1 - recommendedShare) + (p95Ms + marginMs) * recommendedShare
  return { windowMs: clamp(adjustedMs, settings), source: 'account', confidence, p95Ms }
}
