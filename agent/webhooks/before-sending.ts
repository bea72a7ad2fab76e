// What becomes of a head before anything is sent: it goes out, it is left to another agent for a while, or it is dead.

import { type NoticeType, type Wishes, wants } from './notice.ts'
import type { Settings } from './settings.ts'
import type { Verdict } from './verdict.ts'

/** Between two looks at what is left to another agent, as a share of the time for which it is. */
const LOOKS = 20

export interface Head {
  type: NoticeType
  pool: string
  /** Attempts so far. */
  attempts: number
  createdAt: number
}

/**
 * Null where it is to be sent.
 * @param wishes of the webhook as it is configured now; they may have been wider when the delivery was stored
 * @param now milliseconds since the epoch
 */
export function beforeSending(
  head: Head,
  wishes: Wishes,
  now: number,
  { attempts, othersMs }: Pick<Settings, 'attempts' | 'othersMs'>,
): Exclude<Verdict, { state: 'delivered' }> | null {
  if (!wants(wishes, head)) {
    // During a restart one by one, agents differ in what they want. Who wants it takes it meanwhile.
    if (now < head.createdAt + othersMs)
      return { state: 'queued', nextAt: now + othersMs / LOOKS, error: 'not wanted here, left to others' }
    return { state: 'dead', why: 'removed', error: 'the webhook no longer wants it' }
  }
  // Counted and never judged: whoever tried it last died over it, or could not write down how it ended.
  if (head.attempts >= attempts)
    return {
      state: 'dead',
      why: 'gave-up',
      error: `${head.attempts} attempts, the last one without an outcome`,
    }
  return null
}
