// The labels: which issues an SRE would want to hear of, for each kind of incident; they follow from what is injected, and each was written down before its kind first ran.

import type { Issue } from '../../../agent/health/diagnosis.ts'

export interface Label {
  /** Where it is played; each stage is a simulator and an agent of its own. */
  stage: StageName
  /** The account is linked when it begins. */
  paired: boolean
  /** These must be found. */
  right: readonly Issue[]
  /** These are true as well, depending on the moment: found or not, they count for nothing. */
  may?: readonly Issue[]
  /** From the injection to the judgement; whatever is right must have been found by then. */
  watchMs: number
}

export const stageNames = [
  'usual',
  'seldom-probed',
  'short-windows',
  'http',
  'refused',
  'slow',
  'canaries',
] as const
export type StageName = (typeof stageNames)[number]

const S = 1_000

function label(
  right: readonly Issue[],
  seconds: number,
  rest: Partial<Pick<Label, 'stage' | 'paired' | 'may'>> = {},
): Label {
  return { stage: 'usual', paired: true, right, watchMs: seconds * S, ...rest }
}

const unpaired = { paired: false }
/** Messages fail while a connection is dead, so that it is true that fewer are acknowledged; for how many depends on the moment. */
const mayFall = { may: ['FALLING_DELIVERY'] as const }

export const labels = {
  // Nothing to say: healthy, or mended by itself as it should be.
  'healthy-idle': label([], 240),
  'healthy-busy': label([], 150),
  'one-drop': label([], 90),
  'one-drop-under-traffic': label([], 120),
  'drop-and-one-timeout': label([], 90),
  'restart-asked-by-server': label([], 60),
  'two-drops-far-apart': label([], 180),
  'late-acks': label([], 120),
  'one-unreadable-repaired': label([], 90),
  'several-unreadable-repaired': label([], 90),
  'one-message-refused': label([], 90),
  'pongs-dropped-under-traffic': label([], 120),
  'offline-never-ends': label([], 60),
  'slow-handshake': label([], 60, { stage: 'slow' }),
  'written-to-now-and-then': label([], 340, { stage: 'seldom-probed' }),
  'two-unanswered': label([], 240),
  'tested-and-heard': label([], 120, { stage: 'canaries' }),
  'one-test-not-heard': label([], 120, { stage: 'canaries' }),
  'codes-nobody-looks-at': label([], 150, unpaired),
  'scanned-at-once': label([], 90, unpaired),
  'regenerated-three-times': label([], 60, { stage: 'short-windows', ...unpaired }),
  // Dead, and the socket says open.
  'stalled-under-traffic': label(['ZOMBIE_SESSION'], 100, mayFall),
  'half-open-under-traffic': label(['ZOMBIE_SESSION'], 100, mayFall),
  'half-open-idle': label(['ZOMBIE_SESSION'], 90),
  'unanswered-now-and-then': label(['UNACKNOWLEDGED_MESSAGES'], 240),
  deaf: label(['DEAF_SESSION'], 120, { stage: 'canaries' }),
  'acks-withheld': label(['ZOMBIE_SESSION'], 120, mayFall),
  // Dead, and then nobody answers for longer than three dials take.
  'silent-for-long': label(['ZOMBIE_SESSION', 'NETWORK_ISSUES'], 150, mayFall),
  stale: label(['STALE_SESSION'], 340, { stage: 'seldom-probed' }),
  // Ended, restricted, fought over.
  'logged-out': label(['SESSION_ENDED'], 60),
  banned: label(['SESSION_ENDED'], 60),
  outdated: label(['SESSION_ENDED'], 60),
  'wrong-phone': label(['SESSION_ENDED'], 90, unpaired),
  timelock: label(['RESTRICTED_ACCOUNT'], 60),
  'refused-463': label(['RESTRICTED_ACCOUNT'], 60),
  'temporarily-banned': label(['RESTRICTED_ACCOUNT'], 60),
  'temporarily-banned-under-traffic': label(['RESTRICTED_ACCOUNT'], 90, mayFall),
  passkey: label(['PASSKEY_REQUIRED'], 90, unpaired),
  'replaced-once': label(['LOCK_CONTENTION'], 60),
  'replaced-again-and-again': label(['LOCK_CONTENTION'], 90),
  'taken-by-another-agent': label(['LOCK_CONTENTION'], 60),
  // The network and the server. What was open each time and is cut four times or more is a loop as well; 500 is no matter of the network.
  'reset-again-and-again': label(['NETWORK_ISSUES', 'RECONNECT_LOOP'], 180),
  'connect-timeouts': label(['NETWORK_ISSUES'], 150),
  'unavailable-at-login': label(['NETWORK_ISSUES'], 90),
  'http-503': label(['NETWORK_ISSUES'], 90, { stage: 'http' }),
  'connection-refused': label(['NETWORK_ISSUES'], 90, { stage: 'refused' }),
  'server-errors': label(['RECONNECT_LOOP'], 180),
  // Messages.
  'unreadable-for-good': label(['UNDECRYPTABLE_MESSAGES'], 120),
  'messages-refused': label(['FALLING_DELIVERY'], 120),
  // People with phones.
  'slow-scan': label(['SLOW_QR_SCAN'], 120, unpaired),
  'six-regenerations': label(['FREQUENT_QR_REGENERATIONS'], 150, { stage: 'short-windows', ...unpaired }),
} as const satisfies Record<string, Label>

export type Kind = keyof typeof labels
export const kinds = Object.keys(labels) as Kind[]
export const labelOf = (kind: Kind): Label => labels[kind]
