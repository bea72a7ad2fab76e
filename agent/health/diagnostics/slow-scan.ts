// SLOW_QR_SCAN: people take longer than half a minute to scan.

import { median } from 'simple-statistics'
import { type Diagnostic, within } from '../diagnosis.ts'

const SLOW_MS = 30_000
const HOUR_MS = 60 * 60_000

export const slowScan: Diagnostic = ({ now, scans, watchedMs, windowMs }) => {
  const recent = within(scans, now, HOUR_MS)
  const times = recent.map(({ ms }) => ms)
  if (watchedMs !== null && watchedMs > SLOW_MS) times.push(watchedMs)
  if (times.length === 0) return null
  const middle = median(times)
  if (middle <= SLOW_MS) return null
  const seconds = Math.round(middle / 1000)
  return {
    issue: 'SLOW_QR_SCAN',
    severity: 'LOW',
    since: recent.find(({ ms }) => ms > SLOW_MS)?.at ?? now - (watchedMs ?? 0),
    analysis: {
      pattern: `half of the scans of the last hour took ${seconds} s or longer`,
      rootCause: 'whoever scans gets the code late, or the phone is not at hand when it is shown',
      impact: 'codes rotate under their hands; attempts end before they are used',
    },
    numbers: { scans: recent.length, median_ms: Math.round(middle), window_ms: windowMs ?? 0 },
    recommendations: [
      {
        action: 'SHOW_CODE_WHEN_PHONE_IS_AT_HAND',
        value: null,
        expectedImprovement: 'scan times fall to the time that it takes to point a camera',
      },
      {
        action: 'INCREASE_QR_TIMEOUT',
        value: Math.min(180_000, Math.ceil((2 * middle) / 10_000) * 10_000),
        expectedImprovement: 'fewer attempts are cut off while somebody is about to scan',
      },
    ],
  }
}
