// What is known for certain holds the score down, whatever the last 24 hours were like.

import type { Reason, SessionState } from '../words.ts'

export const capNames = [
  'logged-out',
  'banned',
  'temporarily-banned',
  'zombie',
  'deaf',
  'replaced',
  'restricted',
  'unacknowledged',
  'pairing',
  'failed',
  'down',
] as const
export type CapName = (typeof capNames)[number]

export interface Cap {
  name: CapName
  /** The score is not above this. */
  at: number
}

/** The present condition of a session. */
export interface Condition {
  state: SessionState
  /** Why the last connection ended; null when none has. */
  lastReason: Reason | null
  /** The server has stopped giving signs of life and has not begun again. */
  zombie: boolean
  /** What others write to it is acknowledged by the server and does not arrive. */
  deaf: boolean
  /** Several sends in a row have stayed without the server's acknowledgement. */
  unacknowledged: boolean
  restricted: boolean
  /** Milliseconds since it was last up steadily; 0 while it is. */
  downMs: number
}

const at: Readonly<Record<CapName, number>> = {
  'logged-out': 0,
  banned: 0,
  'temporarily-banned': 0,
  zombie: 25,
  deaf: 25,
  replaced: 25,
  failed: 25,
  restricted: 40,
  unacknowledged: 40,
  pairing: 50,
  down: 50,
}

/** A connection that drops and comes back is no condition; one that does not come back is. */
export const downAfterMs = 45_000

/** Every cap that holds, the lowest first. */
export function capsOf({ state, lastReason, downMs, ...now }: Condition): Cap[] {
  const banned = state === 'failed' && lastReason === 'banned'
  const connected = state === 'open' || state === 'restricted'
  const holds: Record<CapName, boolean> = {
    'logged-out': state === 'logged-out',
    banned,
    // Until it is let in again, the last word is that it is kept out.
    'temporarily-banned': !connected && lastReason === 'temporarily-banned',
    zombie: now.zombie,
    deaf: now.deaf,
    replaced: state === 'replaced',
    failed: state === 'failed' && !banned,
    restricted: now.restricted || state === 'restricted',
    unacknowledged: now.unacknowledged,
    pairing: state === 'pairing' || state === 'waiting',
    down: (state === 'connecting' || state === 'open') && downMs >= downAfterMs,
  }
  return capNames
    .filter((name) => holds[name])
    .map((name) => ({ name, at: at[name] }))
    .sort((a, b) => a.at - b.at)
}
