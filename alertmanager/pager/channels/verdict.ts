// What an answer of a provider means, by its status; what only some provider does is said by its driver.

import { retryAfterMs as retryAfter } from '../../../agent/retry-after.ts'
import type { Answer } from './ask.ts'
import type { Outcome } from './channel.ts'

/** A gateway that says this does not know what became of the request behind it. */
const nobodyKnows = [502, 504]

/** What only its driver can read in the body of an answer. */
export interface Reading {
  /** The provider's name for the message, from a 2xx; null where there is none. */
  idOf(body: string): string | null
  /** The provider's word for a failure; null where the body has none. */
  codeOf(body: string): string | null
  /** The word of a provider that says 2xx and that it has failed; null where it does not. */
  failureOf?(body: string): string | null
}

export function outcomeOf(answer: Answer, now: number, { idOf, codeOf, failureOf }: Reading): Outcome {
  if (!answer.answered) {
    const outcome = answer.written ? 'unknown' : 'unavailable'
    return { outcome, providerId: null, code: answer.code, retryAfterMs: null }
  }
  const { status, body, headers } = answer
  const retryAfterMs = retryAfter(headers.get('retry-after'), now)
  const failed = { providerId: null, code: codeOf(body) ?? String(status), retryAfterMs }
  if (status >= 200 && status < 300) {
    const failure = failureOf?.(body) ?? null
    if (failure !== null) return { ...failed, outcome: 'unavailable', code: failure }
    const providerId = idOf(body)
    // A portal or a proxy answers 200 to everything, and so does an API whose answer broke off on the way.
    if (providerId === null) return { ...failed, outcome: 'unknown', code: 'no-id' }
    return { outcome: 'accepted', providerId, code: String(status), retryAfterMs: null }
  }
  if (status === 429) return { outcome: 'busy', ...failed }
  if (nobodyKnows.includes(status)) return { outcome: 'unknown', ...failed }
  // 3xx and 1xx are no answers of this API: something stands in between.
  if (status < 400 || status >= 500 || status === 408) return { outcome: 'unavailable', ...failed }
  return { outcome: 'refused', ...failed }
}

/** A field of a JSON body as text; null where there is none. */
export function field(body: string, ...path: string[]): string | null {
  try {
    let value: unknown = JSON.parse(body)
    for (const step of path) value = (value as Record<string, unknown> | null)?.[step]
    return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 200) : null
  } catch {
    return null
  }
}
