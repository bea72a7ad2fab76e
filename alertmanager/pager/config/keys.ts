// The kinds of key that only the pager has: times of day, days, secrets of providers and names.

import { z } from 'zod'
import { leaf, type Told } from '../../../agent/config/leaf.ts'

const clock = /^([01]\d|2[0-3]):([0-5]\d)$/
const day = /^(\d{4})-(\d{2})-(\d{2})$/
const nameForm = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/

/** Whether the text may name a receiver, a schedule or a recipient. */
export function isName(text: string): boolean {
  return nameForm.test(text)
}
export const namesAllowed = '1 to 64 letters, digits, dots, _ and -, a letter or digit first'

/** A key that takes a time of day; inside the pager it is minutes after midnight. */
export function timeOfDay(told: Told) {
  const schema = z.string().transform((text, context) => {
    const [, hour, minute] = clock.exec(text) ?? []
    if (hour !== undefined) return Number(hour) * 60 + Number(minute)
    context.addIssue({ code: 'custom', message: 'time' })
    return z.NEVER
  })
  return leaf(schema, { type: 'time', allowed: 'a time such as "07:30", in quotes', ...told })
}

/** A key that takes a day; inside the pager it is the count of days since 1970-01-01. */
export function date(told: Told) {
  const schema = z.string().transform((text, context) => {
    const [, year, month, dayOfMonth] = day.exec(text) ?? []
    const at = new Date(`${year}-${month}-${dayOfMonth}T00:00:00Z`)
    // Date would take the 30th of February for the 2nd of March.
    if (dayOfMonth !== undefined && at.getUTCDate() === Number(dayOfMonth)) return at.getTime() / 86_400_000
    context.addIssue({ code: 'custom', message: 'date' })
    return z.NEVER
  })
  return leaf(schema, { type: 'date', allowed: 'a day such as "2026-01-05", in quotes', ...told })
}

/** A key that takes the name of something in this file. */
export function name(told: Told) {
  return leaf(z.string().refine(isName), { type: 'name', allowed: namesAllowed, ...told })
}

/** A key that takes a text of a form. */
export function formed(form: RegExp, type: string, allowed: string, told: Told) {
  return leaf(z.string().regex(form), { type, allowed, ...told })
}
