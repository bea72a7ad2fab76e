// What follows from a send that was not acknowledged: again, by another account, or never. No clock, no I/O.

import type { SendFailure, SendOutcome } from '../words.ts'

export interface Retry {
  /** First delay and longest delay, in milliseconds. */
  baseMs: number
  capMs: number
  /** Attempts that may end in a refusal or an error before the message fails, at least 1. */
  maxAttempts: number
}

export interface Attempt {
  code: SendFailure
  outcome: SendOutcome
  /** How often it was tried, this time included. */
  attempts: number
  /** How many attempts before this one ended in an error. */
  errors: number
  /** Nothing else of the account was on its way meanwhile. */
  alone: boolean
}

/**
 * `again` waits for `delayMs`; `move` means that this account must not try it again; `fail` is the end. An attempt whose outcome is not
 * known is repeated under the same id for as long as the message lives: WhatsApp knows the id. Only one whose sending ends the connection
 * each time is `poison`: it is given up too, and may have arrived.
 */
export type Verdict =
  | { do: 'again'; state: 'queued' | 'unknown'; delayMs: number; error: boolean }
  | { do: 'move' }
  | { do: 'fail' }
  | { do: 'poison' }

/** The session was not ready: no attempt of the message's own. */
export const NOT_READY_MS = 1_000
/** After so many attempts, of which the last one lost its connection, a message goes alone: what happens then is its own doing. */
const TOGETHER = 3
/** Refusals that say nothing of the message: too many requests, and trouble of the server. */
const passing = (status: number): boolean => status === 408 || status === 429 || status >= 500

/** Whether WhatsApp has refused this very message, which no other account would bring through either. */
export function isOfTheMessage(code: SendFailure): boolean {
  const refusal = /^nack-(\d+)$/.exec(code)
  return refusal !== null && code !== 'nack-463' && !passing(Number(refusal[1]))
}

/** @param random uniform in [0, 1): repeats of many messages must not come at once */
export function verdictOf(
  { code, outcome, attempts, errors, alone }: Attempt,
  retry: Retry,
  random: number,
): Verdict {
  const delayMs = delayOf(attempts, retry, random)
  // The account is restricted: trying again makes it worse (463, the reach-out time-lock).
  if (code === 'nack-463') return { do: 'move' }
  const last = errors + 1 >= retry.maxAttempts
  if (outcome === 'unknown') {
    const error = code === 'connection-closed' && alone
    return error && last ? { do: 'poison' } : { do: 'again', state: 'unknown', delayMs, error }
  }
  if (code === 'not-open') return { do: 'again', state: 'queued', delayMs: NOT_READY_MS, error: false }
  // The server did not say where the recipient's devices are: nothing was written, and it says nothing of the message.
  if (code === 'query-unanswered') return { do: 'again', state: 'queued', delayMs, error: false }
  if (code === 'not-on-whatsapp' || code === 'id-taken') return { do: 'fail' }
  if (isOfTheMessage(code)) return { do: 'fail' }
  return last ? { do: 'fail' } : { do: 'again', state: 'queued', delayMs, error: true }
}

/** Whether a message that is claimed may not be on its way together with others. @param code of the attempt before @param attempts this one included */
export function goesAlone({ code, attempts }: { code: string | null; attempts: number }): boolean {
  return code === 'connection-closed' && attempts > TOGETHER
}

/** Between half and all of base times 2 to the power of the attempts before this one, and never more than the cap. */
export function delayOf(attempts: number, { baseMs, capMs }: Retry, random: number): number {
  const full = Math.min(capMs, baseMs * 2 ** Math.min(30, Math.max(0, attempts - 1)))
  return Math.round(full * (0.5 + random / 2))
}
