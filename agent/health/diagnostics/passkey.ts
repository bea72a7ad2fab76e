// PASSKEY_REQUIRED: the phone demands a passkey for linking, which no program can give.

import type { Diagnostic } from '../diagnosis.ts'

export const passkeyRequired: Diagnostic = ({ state, stateSince, lastReason }) => {
  if (state !== 'waiting' || lastReason !== 'passkey-required') return null
  return {
    issue: 'PASSKEY_REQUIRED',
    severity: 'HIGH',
    since: stateSince,
    analysis: {
      pattern: 'after the scan WhatsApp asked for a passkey',
      rootCause: 'WhatsApp demands it from a growing share of accounts; the library cannot answer',
      impact: 'the account cannot be linked, by QR or by a typed code',
    },
    numbers: {},
    recommendations: [
      {
        action: 'LINK_LATER_OR_ANOTHER_ACCOUNT',
        value: null,
        expectedImprovement: 'the demand has been seen to go away; trying in a loop does not help',
      },
    ],
  }
}
