// RESTRICTED_ACCOUNT: WhatsApp forbids new conversations while the socket stays open, or keeps the account out for a while.

import { type Diagnostic, type Facts, type Finding, minutes } from '../diagnosis.ts'

export const restrictedAccount: Diagnostic = (facts) => {
  const { now, state, lastReason, restriction } = facts
  if (state === 'connecting' && lastReason === 'temporarily-banned') return keptOut(facts)
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

function keptOut({ stateSince, lastReasonAt, closes }: Facts): Finding {
  const refused = closes.filter(({ reason }) => reason === 'temporarily-banned')
  return {
    issue: 'RESTRICTED_ACCOUNT',
    severity: 'CRITICAL',
    since: refused[0]?.at ?? lastReasonAt ?? stateSince,
    analysis: {
      pattern: `WhatsApp refuses the login for a while (402), ${refused.length} times within an hour`,
      rootCause: 'the account is banned temporarily: it wrote too much or to strangers, or was reported',
      impact: 'nothing is sent or received until the ban ends',
    },
    numbers: { refused: refused.length },
    recommendations: [
      {
        action: 'LEAVE_IT_ALONE',
        value: null,
        expectedImprovement:
          'the ban ends by itself; the agent knocks seldom, and whoever knocks more prolongs it',
      },
    ],
  }
}
