// What to do about an issue that is over: its diagnosis spoke of numbers that are gone, so this is the part that always holds.

import type { Issue } from '../../health/diagnosis.ts'

const advice: Readonly<Record<Issue, string>> = {
  SLOW_QR_SCAN:
    'Show the code when the phone is at hand; raise pairing.max if people are cut off while they scan.',
  FREQUENT_QR_REGENERATIONS:
    'Close linking pages that nobody attends; offer a code to be typed (linda qr ACCOUNT --code).',
  NETWORK_ISSUES:
    'Check the path from this machine to WhatsApp; compare with other accounts of the same node first.',
  LOCK_CONTENTION: 'Find the second process that uses this account and stop it.',
  STALE_SESSION:
    'Have it checked by hand (POST /api/health/check) and see whether its phone has been online.',
  ZOMBIE_SESSION:
    'The agent reconnects by itself; if it happens again and again, move the traffic to another account.',
  DEAF_SESSION: 'Compare with the chat list on the phone; restart the agent or move the traffic.',
  RESTRICTED_ACCOUNT:
    'Start no new conversations from it until the restriction has ended; use another account meanwhile.',
  PASSKEY_REQUIRED: 'Link it later, or link another account; trying in a loop does not help.',
  RECONNECT_LOOP: 'Read the reasons of its disconnects; only their cause ends the loop.',
  UNDECRYPTABLE_MESSAGES: 'Look for a second process with the same credentials; pair again if it goes on.',
  UNACKNOWLEDGED_MESSAGES: 'Move the traffic and restart the agent: a new connection has a new message path.',
  FALLING_DELIVERY: 'Move the traffic to another account of the pool while the cause is looked for.',
  SESSION_ENDED: 'Read why it ended (linda status); most ends need a person who links the phone again.',
}

/** A sentence; for an issue that this version does not know, where to look. */
export function adviceFor(issue: string): string {
  return advice[issue as Issue] ?? 'See GET /api/diagnoses for what is known of it.'
}
