// What a filter is once it has been read: typed terms over known fields; every one of them must hold.

/** What a field holds: text in any words, one of a few words, a number, a moment, or yes and no. */
export type FieldType = 'text' | 'word' | 'number' | 'time' | 'flag'

export interface Field {
  readonly type: FieldType
  /** What a `word` may be, as it is written in answers. */
  readonly words?: readonly string[]
  /** Column of a list that the store answers; a field without one cannot be asked of the store. */
  readonly column?: string
  /** How the words of the API are written in the store, where that differs. */
  readonly stored?: (word: string) => string
}

/** The fields of a list by name. */
export type Fields = Readonly<Record<string, Field>>

/** Ends are included in `least` and `most` and not in `above` and `below`; moments are milliseconds since the epoch. */
export interface Range {
  readonly op: 'range'
  readonly least?: number
  readonly most?: number
  readonly above?: number
  readonly below?: number
}

export type Match =
  | { readonly op: 'any' }
  | { readonly op: 'is'; readonly value: string | boolean }
  /** Text that begins, ends, or both and so contains; `before` and `after` say where anything may stand. */
  | { readonly op: 'like'; readonly text: string; readonly before: boolean; readonly after: boolean }
  | Range

export type Term =
  /** One of the matches holds for the field. */
  | { readonly not: boolean; readonly field: string; readonly any: readonly Match[] }
  /** Some field of text contains it, whatever the case of its ASCII letters. */
  | { readonly not: boolean; readonly text: string }

/** Bounds of a filter: characters of the whole, terms, values of one term, characters of one value. */
export const mostCharacters = 1_000
export const mostTerms = 20
export const mostValues = 100
export const mostInValue = 100

/** A filter that cannot be read; the message names the place, what was found and what is allowed. */
export class FilterError extends Error {
  /** Counted in characters from 1. */
  readonly place: number

  constructor(place: number, what: string) {
    super(`at character ${place}: ${what}`)
    this.name = 'FilterError'
    this.place = place
  }
}
