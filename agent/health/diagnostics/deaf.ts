// DEAF_SESSION: the session says open, and what is written to it is acknowledged by the server and never arrives.

import { type Diagnostic, minutes } from '../diagnosis.ts'

export const deafSession: Diagnostic = ({ now, deaf, state }) => {
  if (deaf === null || (state !== 'open' && state !== 'restricted')) return null
  const { since, count } = deaf
  return {
    issue: 'DEAF_SESSION',
    severity: 'CRITICAL',
    since,
    analysis: {
      pattern: `${count} test messages in a row were acknowledged by the server and did not arrive, the first ${minutes(Math.max(0, now - since))} ago`,
      rootCause:
        'the server does not hand messages to this session, or the library does not hand them on: the connection itself answers',
      impact: 'customers believe that they were heard, and nobody answers them',
    },
    numbers: { not_received: count, since_ms: Math.max(0, now - since) },
    recommendations: [
      {
        action: 'MOVE_TRAFFIC',
        value: 'to another account of the pool',
        expectedImprovement: 'what this one writes still goes out; answers to it are seen on its phone only',
      },
      {
        action: 'RESTART_AGENT',
        value: null,
        expectedImprovement:
          'the server hands over what waited as soon as a new connection opens; all sessions of this process get one',
      },
      {
        action: 'COMPARE_WITH_THE_PHONE',
        value: null,
        expectedImprovement: 'the chat list on the phone shows what the session did not hear',
      },
    ],
  }
}
