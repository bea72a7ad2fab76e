// A filter's text taken apart into names and values with their places; nothing here knows which fields there are.

import { FilterError, mostCharacters, mostInValue, mostTerms, mostValues } from './terms.ts'

export interface Piece {
  /** Counted in characters from 1. */
  place: number
  text: string
  /** Taken as it is: stars and comparisons in it mean nothing. */
  quoted: boolean
}

export interface RawTerm {
  not: boolean
  /** Absent for free text. */
  name: Piece | null
  /** One for free text. */
  values: Piece[]
}

/** Throws FilterError. */
export function scan(filter: string): RawTerm[] {
  if (filter.length > mostCharacters)
    throw new FilterError(mostCharacters + 1, `found ${filter.length} characters, allowed: ${mostCharacters}`)
  const control = /[\p{Cc}\p{Cs}]/u.exec(filter)
  if (control) throw new FilterError(control.index + 1, 'found a control character or half of a pair')
  const terms: RawTerm[] = []
  let at = 0
  while (at < filter.length) {
    if (filter[at] === ' ') {
      at += 1
      continue
    }
    if (terms.length === mostTerms) throw new FilterError(at + 1, `found more than ${mostTerms} terms`)
    const [term, next] = readTerm(filter, at)
    terms.push(term)
    at = next
  }
  return terms
}

function readTerm(filter: string, from: number): [RawTerm, number] {
  const not = filter[from] === '-'
  const at = not ? from + 1 : from
  if (filter[at] !== '"') {
    const [head = ''] = /^[^ ":,]*/.exec(filter.slice(at)) ?? []
    const end = at + head.length
    if (head === '') throw new FilterError(at + 1, `found ${shown(filter[at])}, allowed: a field or text`)
    const name = { place: at + 1, text: head, quoted: false }
    if (filter[end] === ':') {
      const [values, next] = readValues(filter, end + 1)
      return [{ not, name, values }, next]
    }
    atEnd(filter, end)
    return [{ not, name: null, values: [bounded(name)] }, end]
  }
  const [value, end] = readQuoted(filter, at)
  if (value.text === '') throw new FilterError(at + 1, 'found no text between the quotes')
  atEnd(filter, end)
  return [{ not, name: null, values: [value] }, end]
}

function readValues(filter: string, from: number): [Piece[], number] {
  const values: Piece[] = []
  let at = from
  for (;;) {
    const [value, next] = filter[at] === '"' ? readQuoted(filter, at) : readBare(filter, at)
    if (values.length === mostValues)
      throw new FilterError(
        value.place,
        `found more than ${mostValues} values, allowed: ${mostValues} for a field`,
      )
    values.push(value)
    if (filter[next] !== ',') {
      atEnd(filter, next)
      return [values, next]
    }
    at = next + 1
  }
}

function readBare(filter: string, at: number): [Piece, number] {
  const [text = ''] = /^[^ ",]*/.exec(filter.slice(at)) ?? []
  if (text === '') throw new FilterError(at + 1, `found ${shown(filter[at])}, allowed: a value`)
  return [bounded({ place: at + 1, text, quoted: false }), at + text.length]
}

function readQuoted(filter: string, at: number): [Piece, number] {
  const [whole] = /^"(?:[^"\\]|\\["\\])*"/.exec(filter.slice(at)) ?? []
  if (whole === undefined)
    throw new FilterError(at + 1, 'found a quote that does not end; in it, write \\" and \\\\')
  const text = whole.slice(1, -1).replace(/\\(["\\])/g, '$1')
  return [bounded({ place: at + 1, text, quoted: true }), at + whole.length]
}

function bounded(piece: Piece): Piece {
  if (piece.text.length <= mostInValue) return piece
  throw new FilterError(piece.place, `found ${piece.text.length} characters, allowed: ${mostInValue}`)
}

function atEnd(filter: string, at: number): void {
  if (at < filter.length && filter[at] !== ' ')
    throw new FilterError(at + 1, `found ${shown(filter[at])}, allowed: a blank before the next term`)
}

function shown(character: string | undefined): string {
  return character === undefined || character === ' ' ? 'nothing' : `"${character}"`
}
