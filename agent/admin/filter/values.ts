// One value of a filter as the type of its field has it: numbers and times with their ranges, known words, text with stars.

import { suggest } from '../../config/suggest.ts'
import type { Piece } from './scan.ts'
import { type Field, FilterError, type Match, type Range } from './terms.ts'

const DAY_MS = 86_400_000

/** Throws FilterError. */
export function readMatches(piece: Piece, field: Field): Match[] {
  if (piece.text === '*' && !piece.quoted) return [{ op: 'any' }]
  switch (field.type) {
    case 'text':
      return [readText(piece)]
    case 'word':
      return readWords(piece, field.words ?? [])
    case 'flag':
      if (piece.text === 'true' || piece.text === 'false') return [{ op: 'is', value: piece.text === 'true' }]
      throw refused(piece, 'true or false')
    case 'number':
      return [readRange(piece, readNumber, 'a number, <80, >=80 or 60..80')]
    case 'time':
      return [
        readRange(
          piece,
          readTime,
          'a time such as 2026-11-20T21:00:00Z or a day such as 2026-11-20, with <, <=, >, >= before it or .. between two',
        ),
      ]
  }
}

function readText(piece: Piece): Match {
  const { text, quoted } = piece
  if (quoted) return { op: 'is', value: text }
  if (/^[<>]/.test(text)) throw refused(piece, 'text, which has no order; quote it if it is meant as it is')
  const before = text.startsWith('*')
  const after = text.length > 1 && text.endsWith('*')
  const inner = text.slice(before ? 1 : 0, after ? -1 : undefined)
  if (inner === '' || inner.includes('*'))
    throw refused(piece, 'a star at the beginning, at the end, or both, as uae-*')
  return before || after ? { op: 'like', text: inner, before, after } : { op: 'is', value: inner }
}

/** The case does not matter, and a star stands for all words that fit. */
function readWords(piece: Piece, words: readonly string[]): Match[] {
  const match = readText({ ...piece, text: piece.text.toUpperCase() })
  const fits = words.filter((word) => matchesText(match, word.toUpperCase()))
  if (fits.length > 0) return fits.map((value) => ({ op: 'is', value }))
  const near = suggest(
    piece.text,
    words.map((word) => word.toLowerCase()),
  )
  const hint = near === null ? '' : `; did you mean ${words.find((word) => word.toLowerCase() === near)}?`
  throw refused(piece, `${words.join(', ')}${hint}`)
}

export function matchesText(match: Match, text: string): boolean {
  if (match.op === 'is') return match.value === text
  if (match.op !== 'like') return match.op === 'any'
  if (match.before && match.after) return text.includes(match.text)
  return match.before ? text.endsWith(match.text) : text.startsWith(match.text)
}

/** What a value covers, both ends included: a day is long. */
type Read = (text: string) => [first: number, last: number] | null

function readRange(piece: Piece, read: Read, allowed: string): Range {
  const ends = (text: string): [number, number] => {
    const found = read(text)
    if (found) return found
    throw refused(piece, allowed)
  }
  const { text } = piece
  const [, sign, rest = ''] = /^(<=|>=|<|>)(.*)$/.exec(text) ?? []
  if (sign !== undefined) {
    const [first, last] = ends(rest)
    if (sign === '<') return { op: 'range', below: first }
    if (sign === '<=') return { op: 'range', most: last }
    return sign === '>' ? { op: 'range', above: last } : { op: 'range', least: first }
  }
  const [, from, to] = /^(.*?)\.\.(.*)$/.exec(text) ?? []
  if (from === undefined || to === undefined) {
    const [least, most] = ends(text)
    return { op: 'range', least, most }
  }
  if (from === '' && to === '') throw refused(piece, allowed)
  const least = from === '' ? undefined : ends(from)[0]
  const most = to === '' ? undefined : ends(to)[1]
  if (least !== undefined && most !== undefined && least > most)
    throw refused(piece, 'a range that does not end before it begins')
  return { op: 'range', ...(least !== undefined && { least }), ...(most !== undefined && { most }) }
}

function readNumber(text: string): [number, number] | null {
  if (!/^-?\d{1,16}(\.\d{1,25})?(e[+-]?\d{1,3})?$/.test(text)) return null
  const n = Number(text)
  // There is one zero.
  return Number.isFinite(n) ? [n + 0, n + 0] : null
}

function readTime(text: string): [number, number] | null {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) {
    const first = momentOf(`${text}T00:00:00Z`)
    return first === null ? null : [first, first + DAY_MS - 1]
  }
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text)) return null
  const at = momentOf(text)
  return at === null ? null : [at, at]
}

/** Null for a day or an hour that there is not, as the 30th of February, and where an offset leads out of four-digit years. */
function momentOf(text: string): number | null {
  const at = Date.parse(text)
  const day = Date.parse(text.slice(0, 10))
  if (Number.isNaN(at) || Number.isNaN(day)) return null
  if (new Date(day).toISOString().slice(0, 10) !== text.slice(0, 10)) return null
  return new Date(at).toISOString().length === 24 ? at : null
}

function refused({ place, text }: Piece, allowed: string): FilterError {
  return new FilterError(place, `found "${text.slice(0, 40)}", allowed: ${allowed}`)
}
