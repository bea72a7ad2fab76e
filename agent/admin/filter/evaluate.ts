// Whether a filter holds for values that are at hand.

import type { Fields, Match, Term } from './terms.ts'
import { matchesText } from './values.ts'

/** A list of texts matches where one of them does; null and undefined match nothing. */
export type Plain = string | number | boolean | null | undefined | readonly string[]

/** @param get the value of a field; a moment is ISO 8601 or milliseconds since the epoch */
export function holds(terms: readonly Term[], fields: Fields, get: (field: string) => Plain): boolean {
  return terms.every((term) => {
    const found =
      'field' in term
        ? fits(term.any, get(term.field), fields[term.field]?.type === 'time')
        : contains(term.text, fields, get)
    return found !== term.not
  })
}

function fits(any: readonly Match[], value: Plain, isTime: boolean): boolean {
  if (value === null || value === undefined) return false
  if (Array.isArray(value)) return value.some((each) => fits(any, each, isTime))
  const plain = isTime && typeof value === 'string' ? Date.parse(value) : (value as string | number | boolean)
  return any.some((match) => {
    if (match.op === 'any') return true
    if (typeof plain === 'string') return matchesText(match, plain)
    if (match.op === 'is') return match.value === plain
    return match.op === 'range' && typeof plain === 'number' && within(plain, match)
  })
}

function within(n: number, { least, most, above, below }: Extract<Match, { op: 'range' }>): boolean {
  return (
    (least === undefined || n >= least) &&
    (most === undefined || n <= most) &&
    (above === undefined || n > above) &&
    (below === undefined || n < below)
  )
}

function contains(text: string, fields: Fields, get: (field: string) => Plain): boolean {
  const wanted = lower(text)
  return Object.entries(fields).some(([name, { type }]) => {
    if (type !== 'text' && type !== 'word') return false
    const value = get(name)
    const texts = Array.isArray(value) ? value : [value]
    return texts.some((each) => typeof each === 'string' && lower(each).includes(wanted))
  })
}

/** ASCII letters only, as the stores do it. */
export function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
