// UNDECRYPTABLE_MESSAGES: messages arrive that cannot be read, and their senders have not sent them again.

import { type Diagnostic, within } from '../diagnosis.ts'

const SPAN_MS = 15 * 60_000
/** One that is asked for again is how the protocol heals itself. */
const FEWEST = 3
/** A sender that is there sends again within seconds: what came just now, alone or in a burst, may still be on its way. */
const MENDED_WITHIN_MS = 30_000

export const undecryptableMessages: Diagnostic = ({ now, undecryptable }) => {
  const recent = within(undecryptable, now, SPAN_MS).filter((at) => now - at >= MENDED_WITHIN_MS)
  const first = recent[0]
  if (recent.length < FEWEST || first === undefined) return null
  return {
    issue: 'UNDECRYPTABLE_MESSAGES',
    severity: 'HIGH',
    since: first,
    analysis: {
      pattern: `${recent.length} messages of the last quarter of an hour could not be read and did not come again`,
      rootCause:
        'the encryption state does not fit: a store that was restored from an old backup, or two processes on one session',
      impact: 'customers believe that they were heard',
    },
    numbers: { unreadable: recent.length },
    recommendations: [
      {
        action: 'CHECK_FOR_A_SECOND_PROCESS',
        value: null,
        expectedImprovement: 'sessions with each sender heal when one process alone uses them',
      },
      { action: 'RESET_QR', value: null, expectedImprovement: 'pairing again makes every session new' },
    ],
  }
}
