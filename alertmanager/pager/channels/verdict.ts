// What an answer of a provider means, by its status; what only some provider does is said by its driver.

import { retryAfterMs as retryAfter } from '../../../agent/retry-after.ts'
import type { Answer } from './ask.ts'
import type { Outcome } from './channel.ts'

/** A gateway that says this does not know what became of the request behind it. */
const nobodyKnows = [502, 504]

/**
 * @param idOf the provider's name for the message, from the body of a 2xx; null where it cannot be read
 * @param codeOf the provider's word for a failure; null where the body has none
 */
export function outcomeOf(
  answer: Answer,
  now: number,
  idOf: (body: string) => string | null,
  codeOf: (body: string) => string | null,
): Outcome {
  if (!answer.answered) {
    const outcome = answer.written ? 'unknown' : 'unavailable'
    return { outcome, providerId: null, code: answer.code, retryAfterMs: null }
  }
  const { status, body, headers } = answer
  const retryAfterMs = retryAfter(headers.get('retry-after'), now)
  const failed = { providerId: null, code: codeOf(body) ?? String(status), retryAfterMs }
  if (status >= 200 && status < 300)
    return { outcome: 'accepted', providerId: idOf(body), code: String(status), retryAfterMs: null }
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
