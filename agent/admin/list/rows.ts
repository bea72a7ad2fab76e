// A list that is in memory: filtered, put in order, cut into pages, with the fields that were asked for.

import { holds, type Plain } from '../filter/evaluate.ts'
import { boundTo, cursorOf, readCursor } from './cursor.ts'
import { compare, readSort, type Sortable } from './order.ts'
import type { ListQuery, ListSpec } from './query.ts'

/** How the rows of a list are looked at. */
export interface Looks<T> {
  /** Tells a row from every other of the list, and stays. */
  key(row: T): string
  get(row: T, field: string): Plain
  /** What stands still in its place, where the value of the field moves from one page to the next. */
  still?(row: T, field: string): Sortable | undefined
}

export interface Page<T> {
  rows: T[]
  /** Null on the last page. */
  nextCursor: string | null
}

/** Rows that did not change are neither repeated nor left out from one page to the next. Throws Problem for a cursor that is none. */
export function pageOf<T>(
  rows: readonly T[],
  { filter = [], sort, limit, cursor }: ListQuery,
  spec: ListSpec,
  looks: Looks<T>,
): Page<T> {
  const order = sort ?? spec.sorts[0]
  const { field, falling } = readSort(order)
  const words = spec.filters[field]?.words
  const placeOf = (row: T, i: number) => ({
    value: looks.still?.(row, field) ?? (field === 'place' ? i : sortable(looks.get(row, field), words)),
    key: looks.key(row),
  })
  const of = boundTo(spec, filter)
  const after = cursor === undefined ? null : readCursor(cursor, { of, sort: order }, () => true)
  const found = rows
    .map((row, i) => ({ row, place: placeOf(row, i) }))
    .filter(({ row }) => holds(filter, spec.filters, (name) => looks.get(row, name)))
    .filter(({ place }) => after === null || compare(place, after, falling) > 0)
    .sort((a, b) => compare(a.place, b.place, falling))
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    rows: page.map(({ row }) => row),
    nextCursor: found.length > limit && last ? cursorOf({ of, sort: order, ...last.place }) : null,
  }
}

/** The fields that were asked for, or the whole row. */
export function only<T extends object>(row: T, fields: readonly string[] | undefined): Partial<T> {
  if (fields === undefined) return row
  return Object.fromEntries(Object.entries(row).filter(([name]) => fields.includes(name))) as Partial<T>
}

/** Words are in the order of their list: severities by how grave they are. */
function sortable(value: Plain, words: readonly string[] | undefined): Sortable {
  if (value === undefined) return null
  if (words && typeof value === 'string') return words.indexOf(value)
  return typeof value === 'object' && value !== null ? value.join() : value
}
