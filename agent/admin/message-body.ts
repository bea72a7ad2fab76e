// What a request for a message may say: checked whole, so that every mistake is told at once, and made into one draft.

import { z } from 'zod'
import { parseDuration } from '../config/durations.ts'
import { contentSchema, maxText } from '../outbox/content.ts'
import { Problem } from './problem.ts'

const instant = z.iso.datetime({ offset: true, error: 'a time such as 2026-11-21T08:00:00Z' })
const MONTH_MS = 30 * 24 * 3_600_000

export const bodySchema = z
  .strictObject({
    pool: z.string().min(1).max(64).optional(),
    account: z.string().min(1).max(64).optional(),
    to: z.string().regex(/^\+[1-9]\d{6,14}$/, 'an E.164 phone, for example +971501234567'),
    text: z.string().min(1).max(maxText).optional(),
    content: contentSchema.optional(),
    region: z.string().min(1).max(64).optional(),
    notBefore: instant.optional(),
    expiresAfter: z
      .string()
      .refine(
        (text) => within(parseDuration(text), 1_000, MONTH_MS),
        'a duration from 1s to 30d, for example 2h',
      )
      .optional(),
  })
  .refine(({ text, content }) => (text === undefined) !== (content === undefined), {
    error: 'one of text and content, and not both',
  })
  // Half of a surrogate pair cannot be written in UTF-8: what arrived would not be what was sent.
  .refine(({ text, content }) => (text ?? content?.text ?? '').isWellFormed(), {
    path: ['text'],
    error: 'text without lone surrogates',
  })

export type MessageBody = z.output<typeof bodySchema>

function within(ms: number | null, least: number, most: number): boolean {
  return ms !== null && ms >= least && ms <= most
}

/** The same text for the same request, whatever the order of its fields. */
export function canonical({ text, content, ...rest }: MessageBody): string {
  return JSON.stringify(Object.entries({ ...rest, content: content ?? { type: 'text', text } }).sort(byName))
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1
}

/** Of the header `Idempotency-Key`; null where there is none. Throws Problem. */
export function keyOf(header: string | undefined): string | null {
  if (header === undefined) return null
  if (/^[!-~]{1,200}$/.test(header)) return header
  throw new Problem(400, 'bad-key', 'Idempotency-Key: 1 to 200 visible ASCII characters without blanks')
}

/** Of the query `wait`, in milliseconds; 0 where there is none. Throws Problem. */
export function waitOf(text: string | undefined): number {
  if (text === undefined) return 0
  const ms = parseDuration(text)
  if (within(ms, 0, 60_000)) return ms as number
  throw new Problem(400, 'bad-query', 'wait: a duration from 0s to 60s, for example 10s')
}
