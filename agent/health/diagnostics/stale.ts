// STALE_SESSION: the session says open and nothing has come from the server for five minutes.

import { type Diagnostic, minutes } from '../diagnosis.ts'

const STALE_MS = 5 * 60_000

export const staleSession: Diagnostic = ({ now, state, lastEvidenceAt, stateSince, zombieSince }) => {
  if ((state !== 'open' && state !== 'restricted') || zombieSince !== null) return null
  const last = Math.max(lastEvidenceAt ?? stateSince, stateSince)
  const silentMs = now - last
  if (silentMs <= STALE_MS) return null
  return {
    issue: 'STALE_SESSION',
    severity: 'MEDIUM',
    since: last,
    analysis: {
      pattern: `nothing came from the server for ${minutes(silentMs)} while the session says ${state}`,
      rootCause: 'the session is idle and probes are too seldom to tell whether it lives',
      impact: 'nobody knows whether a message would arrive',
    },
    numbers: { silent_ms: silentMs },
    recommendations: [
      { action: 'PROBE_NOW', value: null, expectedImprovement: 'it is known within whatsapp.probe_deadline' },
    ],
  }
}
