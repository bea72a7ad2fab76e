// When something is done is a time of day or five fields of cron; inside the agent it is cron, and a time zone is one that the runtime knows.

import { validate } from 'node-cron'
import { z } from 'zod'
import { leaf, type Told } from './leaf.ts'

const timeForm = /^([01]\d|2[0-3]):([0-5]\d)$/

/**
 * The cron expression of `07:30` or of five fields; null for anything else, seconds included.
 * @param days day of the month, month and day of the week for a time of day, as in cron
 */
function whenOf(text: string, days: string): string | null {
  const [, hour, minute] = timeForm.exec(text) ?? []
  if (hour !== undefined) return `${Number(minute)} ${Number(hour)} ${days}`
  const fields = text.trim().split(/\s+/)
  return fields.length === 5 && validate(text) ? fields.join(' ') : null
}

/** A key that takes `off` (null in the agent), a time of day, or five fields of cron. */
export function when(told: Told & { days: string }) {
  const { days, ...rest } = told
  const schema = z
    .string()
    .max(100)
    .transform((text, context): string | null => {
      if (text === 'off') return null
      const cron = whenOf(text, days)
      if (cron !== null) return cron
      context.addIssue({ code: 'custom', message: 'when' })
      return z.NEVER
    })
  return leaf(schema, {
    type: 'time',
    allowed: 'off, a time such as 07:30, or five fields of cron such as 30 7 * * 1-5',
    ...rest,
  })
}

/** A key that takes the name of a time zone. */
export function timezone(told: Told) {
  return leaf(z.string().max(64).refine(isTimezone), {
    type: 'time zone',
    allowed: 'the name of a time zone, such as UTC or Asia/Dubai',
    ...told,
  })
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
