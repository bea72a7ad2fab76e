// Always the base window; what is learned is shown and not used.

import { fromScans } from '../learned.ts'
import type { Policy } from '../policy.ts'

export const fixed: Policy = ({ account }, _inARow, { baseMs }) => {
  const { p95Ms, confidence } = fromScans(account)
  return { windowMs: baseMs, source: 'base', confidence, p95Ms }
}
