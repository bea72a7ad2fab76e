// UNACKNOWLEDGED_MESSAGES: one message after the other stays without the server's acknowledgement, however seldom they are sent.

import { type Diagnostic, minutes } from '../diagnosis.ts'

export const unacknowledgedMessages: Diagnostic = ({ now, unanswered }) => {
  if (unanswered === null) return null
  const { since, count } = unanswered
  return {
    issue: 'UNACKNOWLEDGED_MESSAGES',
    severity: 'HIGH',
    since,
    analysis: {
      pattern: `the last ${count} messages were written and never acknowledged, within ${minutes(now - since)}`,
      rootCause:
        "WhatsApp's message path for this session is dead, or the account is blocked silently; the connection itself answers",
      impact: 'nobody knows which of them arrived, and the next one will end the same way',
    },
    numbers: { unacknowledged: count, within_ms: Math.max(0, now - since) },
    recommendations: [
      {
        action: 'MOVE_TRAFFIC',
        value: 'to another account of the pool',
        expectedImprovement: 'messages go out while the cause is looked for',
      },
      {
        action: 'RESTART_AGENT',
        value: null,
        expectedImprovement: 'a new connection has a new message path; all sessions of this process get one',
      },
    ],
  }
}
