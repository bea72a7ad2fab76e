// Ids are short, fit in a URL path and a metric label, and never collide with a word that the API uses in the same place.

import { z } from 'zod'
import { leaf, type Told } from './leaf.ts'

const form = /^[a-z][a-z0-9-]{1,31}$/
const reserved = ['status', 'metrics', 'trends', 'check']
const phoneForm = /^\+\d{7,15}$/

/** Whether the text may name an account, a pool, a node or a region. */
export function isId(text: string): boolean {
  return form.test(text) && !reserved.includes(text)
}

/** Whether the text is a phone number in E.164: a plus sign and 7 to 15 digits, nothing between them. */
export function isPhone(text: string): boolean {
  return phoneForm.test(text)
}

/** A key that takes an id. */
export function id(told: Told) {
  return leaf(z.string().refine(isId), {
    type: 'id',
    allowed: `2 to 32 of a-z, 0-9 and -, a letter first, but not ${reserved.slice(0, -1).join(', ')} or ${reserved.at(-1)}`,
    ...told,
  })
}

/** A key that takes a phone number. */
export function phone(told: Told) {
  return leaf(z.string().refine(isPhone), {
    type: 'phone',
    allowed: 'E.164, for example +971505760056',
    example: '"+971505760056"',
    ...told,
  })
}
