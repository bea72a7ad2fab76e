// RECONNECT_LOOP: the session opens and closes again and again.

import { type Diagnostic, minutes, within } from '../diagnosis.ts'

const SPAN_MS = 10 * 60_000
const FEWEST = 4

export const reconnectLoop: Diagnostic = ({ now, closes }) => {
  // A server that asks for a new connection gets one; that is no loop.
  const drops = within(closes, now, SPAN_MS).filter(
    ({ wasOpen, reason }) => wasOpen && reason !== 'restart-required',
  )
  const first = drops[0]
  if (drops.length < FEWEST || !first) return null
  const reasons = [...new Set(drops.map(({ reason }) => reason))]
  return {
    issue: 'RECONNECT_LOOP',
    severity: 'HIGH',
    since: first.at,
    analysis: {
      pattern: `opened and closed ${drops.length} times within ${minutes(now - first.at)} (${reasons.join(', ')})`,
      rootCause:
        reasons.length === 1
          ? `every connection ends the same way: ${reasons[0]}`
          : 'connections end in several ways: look at the network and at the server',
      impact: 'messages are delayed by every turn, and WhatsApp takes notice of accounts that knock',
    },
    numbers: { drops: drops.length, within_ms: now - first.at },
    recommendations: [
      {
        action: 'READ_DISCONNECT_REASON',
        value: reasons.join(', '),
        expectedImprovement: 'the back-off already slows the loop; only its cause ends it',
      },
    ],
  }
}
