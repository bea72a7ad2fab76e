// The plain kinds of key: numbers within limits, words from a list, switches, paths and text.

import { z } from 'zod'
import { leaf, type Told } from './leaf.ts'

interface Range {
  min: number
  max: number
}

/** A key that takes a whole number within the limits, both included. */
export function integer(told: Told & Range) {
  const { min, max, ...rest } = told
  const allowed = `a whole number from ${min} to ${max}`
  return leaf(z.number().int().min(min).max(max), { type: 'number', allowed, ...rest })
}

/** A key that takes any number within the limits, both included. */
export function number(told: Told & Range) {
  const { min, max, ...rest } = told
  return leaf(z.number().min(min).max(max), {
    type: 'number',
    allowed: `a number from ${min} to ${max}`,
    ...rest,
  })
}

/** A key that takes a probability that is neither impossible nor certain. */
export function fraction(told: Told) {
  return leaf(z.number().gt(0).lt(1), {
    type: 'number',
    allowed: 'a number above 0 and below 1',
    ...told,
  })
}

/** A key that takes one word of a list. */
export function oneOf<const W extends readonly [string, ...string[]]>(words: W, told: Told) {
  return leaf(z.enum(words), { type: 'word', allowed: words.join(' or '), ...told })
}

/** A key that takes true or false. */
export function flag(told: Told) {
  return leaf(z.boolean(), { type: 'flag', allowed: 'true or false', ...told })
}

/** A key that takes the path of a file, relative to the directory that the agent is started in. */
export function path(told: Told) {
  return leaf(
    z
      .string()
      .min(1)
      .max(4096)
      .regex(/^[^\0]*$/),
    {
      type: 'path',
      allowed: 'the path of a file',
      ...told,
    },
  )
}

/** A key that takes a short text without blanks. */
export function text(told: Told) {
  return leaf(z.string().regex(/^[!-~]{1,100}$/), {
    type: 'text',
    allowed: '1 to 100 visible ASCII characters without blanks',
    ...told,
  })
}

/** A key that takes a Curve25519 public key in hex; the type byte 05 that WhatsApp puts before it is taken off. */
export function publicKey(told: Told) {
  const schema = z
    .string()
    .regex(/^(05)?[0-9a-f]{64}$/i)
    .transform((hex) => hex.slice(-64).toLowerCase())
  return leaf(schema, {
    type: 'hex',
    allowed: '64 hex characters, or 66 that start with 05, in quotes',
    ...told,
  })
}

/** A key that takes the name of a claim of a token. */
export function claimName(told: Told) {
  return leaf(z.string().regex(/^[!-~]{1,200}$/), {
    type: 'text',
    allowed: '1 to 200 visible ASCII characters without blanks',
    ...told,
  })
}
