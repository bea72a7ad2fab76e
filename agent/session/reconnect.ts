// What to do after a connection ended, as a table, and how long to wait, as a formula. No clock, no I/O.

import type { Reason } from '../words.ts'

/** What follows the end of a connection. */
export type Verdict =
  | { do: 'retry'; delay: 'now' | 'backoff' | 'cap' }
  | { do: 'wait' } // a person must ask for the next attempt
  | { do: 'log-out' } // the credentials are worthless; keep them for the post-mortem, never dial with them
  | { do: 'fail' } // dialling again makes it worse or cannot work
  | { do: 'replace' } // only the fleet decides whether to take the session back
  | { do: 'pair-again' } // an attempt's codes ran out; the pairing rules decide

const retry: Verdict = { do: 'retry', delay: 'backoff' }

/** Reasons that no closed connection carries are absent: they are reasons of other transitions. */
const table: Readonly<Partial<Record<Reason, Verdict>>> = {
  'connection-closed': retry,
  'connection-lost': retry,
  refused: retry,
  'connect-timeout': retry,
  'http-error': retry,
  'not-whatsapp': retry,
  'bad-frame': retry,
  stalled: retry,
  'acks-withheld': retry,
  'server-error': retry,
  unavailable: retry,
  'internal-error': retry,
  unknown: retry,
  'restart-required': { do: 'retry', delay: 'now' },
  // A block with an end date: knocking every few seconds prolongs it.
  'temporarily-banned': { do: 'retry', delay: 'cap' },
  // The socket of a restricted account stays up; when it does drop, it is a drop like any other.
  'reachout-timelock': retry,
  'logged-out': { do: 'log-out' },
  banned: { do: 'fail' },
  'client-outdated': { do: 'fail' },
  'multidevice-mismatch': { do: 'fail' },
  'untrusted-certificate': { do: 'retry', delay: 'cap' },
  'wrong-phone': { do: 'fail' },
  replaced: { do: 'replace' },
  fenced: { do: 'replace' },
  'passkey-required': { do: 'wait' },
  'codes-ended': { do: 'pair-again' },
  'window-expired': { do: 'pair-again' },
}

/** What the end of a connection means for the session. */
export function verdictFor(reason: Reason): Verdict {
  return table[reason] ?? retry
}

/** Bounds of the waiting time, in milliseconds. */
export interface Backoff {
  baseMs: number
  capMs: number
}

/**
 * Exponential back-off with full jitter: uniform in [0, min(cap, base * 2^attempt)].
 * Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 * @param attempt failures since the last stable connection, from 0
 * @param random uniform in [0, 1)
 */
export function backoffMs(attempt: number, { baseMs, capMs }: Backoff, random: number): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(Math.max(attempt, 0), 40))
  return Math.floor(random * ceiling)
}

/** Milliseconds to wait for a retry verdict; a `cap` delay is the cap plus up to half of it, so that a fleet spreads. */
export function delayFor(
  delay: 'now' | 'backoff' | 'cap',
  attempt: number,
  backoff: Backoff,
  random: number,
): number {
  if (delay === 'now') return 0
  if (delay === 'cap') return Math.floor(backoff.capMs * (1 + random / 2))
  return backoffMs(attempt, backoff, random)
}
