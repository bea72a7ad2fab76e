// SESSION_ENDED: WhatsApp has ended the session for good, or it may not be used; nothing mends itself here.

import type { Reason } from '../../words.ts'
import type { Diagnostic } from '../diagnosis.ts'

interface Ending {
  pattern: string
  rootCause: string
  action: string
  expected: string
}

const endings: Partial<Record<Reason, Ending>> = {
  'logged-out': {
    pattern: 'WhatsApp says that the device is not linked (401)',
    rootCause: 'somebody removed it on the phone, or the phone was away from WhatsApp for two weeks',
    action: 'PAIR_AGAIN',
    expected: 'the account is back when the phone has scanned a new code',
  },
  banned: {
    pattern: 'WhatsApp refuses the account (403)',
    rootCause: 'the number is banned',
    action: 'APPEAL_OR_REPLACE_NUMBER',
    expected: 'only WhatsApp can lift a ban; move its traffic',
  },
  'client-outdated': {
    pattern: 'WhatsApp refuses this version of the client (405)',
    rootCause: 'the library is too old for the server',
    action: 'UPDATE_LINDA',
    expected: 'every account of every node is concerned sooner or later',
  },
  'multidevice-mismatch': {
    pattern: 'WhatsApp refuses the device (411)',
    rootCause: 'the account left multi-device mode',
    action: 'PAIR_AGAIN',
    expected: 'a new pairing registers the device again',
  },
  'wrong-phone': {
    pattern: 'the credentials are of another phone than the configured one',
    rootCause: 'the wrong phone scanned, or the number was changed in the configuration',
    action: 'CORRECT_PHONE_OR_PAIR_AGAIN',
    expected: 'the right phone is linked, or the configuration names the linked one',
  },
}

export const sessionEnded: Diagnostic = ({ state, stateSince, lastReason }) => {
  const ending =
    endings[state === 'logged-out' ? 'logged-out' : state === 'failed' && lastReason ? lastReason : 'asked']
  if (!ending) return null
  return {
    issue: 'SESSION_ENDED',
    severity: 'CRITICAL',
    since: stateSince,
    analysis: {
      pattern: ending.pattern,
      rootCause: ending.rootCause,
      impact: 'nothing is sent or received until a person acts',
    },
    numbers: { reason: lastReason ?? state },
    recommendations: [{ action: ending.action, value: null, expectedImprovement: ending.expected }],
  }
}
