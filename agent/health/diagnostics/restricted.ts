// RESTRICTED_ACCOUNT: WhatsApp forbids new conversations while the socket stays open.

import { type Diagnostic, minutes } from '../diagnosis.ts'

export const restrictedAccount: Diagnostic = ({ now, restriction }) => {
  if (!restriction) return null
  const { since, untilMs } = restriction
  const end = untilMs === null ? 'without a known end' : `for another ${minutes(Math.max(0, untilMs - now))}`
  return {
    issue: 'RESTRICTED_ACCOUNT',
    severity: 'HIGH',
    since,
    analysis: {
      pattern: `messages to new contacts are refused (463), ${end}`,
      rootCause: 'the account wrote to too many people who do not know it, or was reported',
      impact: 'only open conversations work; every further attempt makes a ban more likely',
    },
    numbers: untilMs === null ? {} : { ends_in_ms: Math.max(0, untilMs - now) },
    recommendations: [
      {
        action: 'STOP_NEW_CONVERSATIONS',
        value: null,
        expectedImprovement: 'the restriction ends by itself; use another account of the pool meanwhile',
      },
    ],
  }
}
