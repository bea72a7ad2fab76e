// What a request for a message may say: checked whole, so that every mistake is told at once, and made into one draft.

import { z } from 'zod'
import { parseDuration } from '../config/durations.ts'
import { contentSchema, maxText } from '../outbox/content.ts'
import { Problem } from './problem.ts'

const instant = z.iso.datetime({ offset: true, error: 'a time such as 2026-11-21T08:00:00Z' })
const DAY_MS = 24 * 3_600_000
const MONTH_MS = 30 * DAY_MS
/** How far ahead a message may be scheduled: what waits takes room in the outbox. */
const YEAR_MS = 366 * DAY_MS

const sizes = `1 to ${maxText} characters`

export const bodySchema = z
  .strictObject({
    pool: z.string().min(1).max(64).optional(),
    account: z.string().min(1).max(64).optional(),
    to: z.string().regex(/^\+[1-9]\d{6,14}$/, 'an E.164 phone, for example +971501234567'),
    text: z.string().min(1, sizes).max(maxText, sizes).optional(),
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
    error: ({ input }) =>
      `found ${(input as { text?: string }).text === undefined ? 'neither' : 'both'}, allowed: one of text and content`,
  })
  // Half of a surrogate pair cannot be written in UTF-8: what arrived would not be what was sent.
  .refine(({ text, content }) => (text ?? content?.text ?? '').isWellFormed(), {
    path: ['text'],
    error: 'found half of a surrogate pair, allowed: whole characters',
  })
  // WhatsApp would show an empty bubble, and no text goes on behind a zero.
  .refine(({ text, content }) => isSeen(text ?? content?.text), {
    path: ['text'],
    error: 'found nothing but blanks, allowed: a text that can be seen',
  })
  .refine(({ text, content }) => !(text ?? content?.text ?? '').includes('\0'), {
    path: ['text'],
    error: 'found the character U+0000, allowed: every other',
  })

/** What has no character at all is a mistake of its own. Characters that Unicode does not know yet are believed to be seen. */
function isSeen(text: string | undefined): boolean {
  return (
    text === undefined ||
    text === '' ||
    /[^\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text)
  )
}

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
  throw new Problem(
    400,
    'bad-key',
    `Idempotency-Key: found ${header.length} characters, allowed: 1 to 200 visible ASCII characters without blanks`,
  )
}

/** Of the query `wait`, in milliseconds; 0 where there is none. Throws Problem. */
export function waitOf(text: string | undefined): number {
  if (text === undefined) return 0
  const ms = parseDuration(text)
  if (within(ms, 0, 60_000)) return ms as number
  const found = JSON.stringify(text.slice(0, 40))
  throw new Problem(400, 'bad-query', `wait: found ${found}, allowed: a duration from 0s to 60s, such as 10s`)
}

/** Of `notBefore`, in milliseconds since the epoch; null where it is not said. Throws Problem. */
export function notBeforeOf({ notBefore }: MessageBody, now: number): number | null {
  if (notBefore === undefined) return null
  const at = Date.parse(notBefore)
  if (at <= now + YEAR_MS) return at
  throw new Problem(400, 'bad-body', `notBefore: found ${notBefore}, allowed: at most a year from now`)
}
