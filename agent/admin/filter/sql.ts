// A filter as a condition for the store: what the caller wrote goes in as parameters only, columns come from our own table of fields.

import type { Value } from '../../store/sql.ts'
import type { Also } from '../../store/where.ts'
import { lower } from './evaluate.ts'
import type { Field, Fields, Match, Range, Term } from './terms.ts'

/** The condition of all terms; empty without any. Every field must have a column. Throws an Error of our own where one has none. */
export function conditionOf(terms: readonly Term[], fields: Fields): Also {
  return (values) => terms.map((term) => oneOf(term, fields, values)).join(' AND ')
}

/** The text is in one of these; nothing is, where there are none. */
export function among(column: string, texts: readonly string[]): Also {
  return (values) =>
    texts.length === 0 ? '1 = 0' : `${column} IN (${texts.map((text) => `$${values.push(text)}`).join(', ')})`
}

/** All of them at once. */
export function together(...conditions: readonly (Also | null)[]): Also {
  return (values) =>
    conditions
      .map((condition) => condition?.(values) ?? '')
      .filter((text) => text !== '')
      .join(' AND ')
}

function oneOf(term: Term, fields: Fields, values: Value[]): string {
  const condition =
    'field' in term
      ? anyOf(term.any, known(fields, term.field), values)
      : containing(term.text, fields, values)
  // What is not known matches nothing, and its contrary matches.
  return term.not ? `NOT COALESCE((${condition}), FALSE)` : `(${condition})`
}

function known(fields: Fields, name: string): Field & { column: string } {
  const field = fields[name]
  if (field?.column === undefined) throw new Error(`the field ${name} has no column`)
  return { ...field, column: field.column }
}

/** Values that are meant as they are stand together: a chain of a hundred would be as deep as it is long. */
function anyOf(matches: readonly Match[], field: Field & { column: string }, values: Value[]): string {
  const texts = matches.flatMap((match) =>
    match.op === 'is' && typeof match.value === 'string' ? (field.stored?.(match.value) ?? match.value) : [],
  )
  const others = matches.filter((match) => match.op !== 'is' || typeof match.value !== 'string')
  return [
    ...(texts.length === 0 ? [] : [among(field.column, texts)(values)]),
    ...others.map((match) => matchOf(match, field, values)),
  ].join(' OR ')
}

function matchOf(match: Match, field: Field & { column: string }, values: Value[]): string {
  const { column } = field
  switch (match.op) {
    case 'any':
      return `${column} IS NOT NULL`
    case 'is':
      return `${column} = ${match.value === true ? 1 : 0}`
    case 'like':
      return likeOf(column, match, values)
    case 'range':
      return rangeOf(column, match, values)
  }
}

/** LIKE takes the case as it likes, one way here and another there. */
function likeOf(
  column: string,
  { text, before, after }: Extract<Match, { op: 'like' }>,
  values: Value[],
): string {
  const length = [...text].length
  const place = `$${values.push(text)}`
  if (before && after) return `REPLACE(${column}, ${place}, '') <> ${column}`
  if (after) return `SUBSTR(${column}, 1, ${length}) = ${place}`
  return `(LENGTH(${column}) >= ${length} AND SUBSTR(${column}, LENGTH(${column}) - ${length - 1}) = ${place})`
}

/** Columns are whole numbers, so that every end can be one. */
function rangeOf(column: string, { least, most, above, below }: Range, values: Value[]): string {
  const compare = (sign: string, n: number): string =>
    `${column} ${sign} CAST($${values.push(clamped(n))} AS BIGINT)`
  return [
    least === undefined ? [] : compare('>=', Math.ceil(least)),
    most === undefined ? [] : compare('<=', Math.floor(most)),
    above === undefined ? [] : compare('>', Math.floor(above)),
    below === undefined ? [] : compare('<', Math.ceil(below)),
  ]
    .flat()
    .join(' AND ')
}

function clamped(n: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, n)) + 0
}

function containing(text: string, fields: Fields, values: Value[]): string {
  const place = `$${values.push(lower(text))}`
  const columns = Object.values(fields).flatMap(({ type, column }) =>
    column !== undefined && (type === 'text' || type === 'word') ? column : [],
  )
  if (columns.length === 0) return `${place} <> ${place}`
  return columns
    .map((column) => `REPLACE(ASCII_LOWER(${column}), ${place}, '') <> ASCII_LOWER(${column})`)
    .join(' OR ')
}
