// ZOMBIE_SESSION: the socket says open while the server's signs of life have stopped.

import { type Diagnostic, minutes } from '../diagnosis.ts'

export const zombieSession: Diagnostic = ({ now, zombieSince, lastReason }) => {
  if (zombieSince === null) return null
  const withheld = lastReason === 'acks-withheld'
  return {
    issue: 'ZOMBIE_SESSION',
    severity: 'CRITICAL',
    since: zombieSince,
    analysis: {
      pattern: withheld
        ? 'pongs arrive and acknowledgements of messages do not'
        : `no sign of life for ${minutes(now - zombieSince)}, probes included`,
      rootCause: withheld
        ? "WhatsApp's message path for this session is dead, or the account is blocked silently"
        : 'the path to the server is dead, or the server has forgotten the session, and nobody closed the socket',
      impact: 'messages that are sent now go nowhere and none is received',
    },
    numbers: { silent_ms: now - zombieSince },
    recommendations: [
      {
        action: 'WAIT_FOR_RECONNECT',
        value: null,
        expectedImprovement:
          'the agent has closed the socket and dials again by itself; if it goes on, move the traffic',
      },
    ],
  }
}
