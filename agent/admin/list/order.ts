// The order of a list: by one field, then by what tells rows apart, so that every row has one place; what is not known comes last.

import type { Place } from './cursor.ts'

export type Sortable = string | number | boolean | null

/** A field, and whether the largest comes first: `-healthScore`. */
export function readSort(sort: string): { field: string; falling: boolean } {
  const falling = sort.startsWith('-')
  return { field: falling ? sort.slice(1) : sort, falling }
}

export function compare(
  a: Pick<Place, 'value' | 'key'>,
  b: Pick<Place, 'value' | 'key'>,
  falling: boolean,
): number {
  const way = falling ? -1 : 1
  if (a.value === null || b.value === null) {
    if (a.value !== b.value) return a.value === null ? 1 : -1
  } else if (a.value !== b.value) return way * plain(a.value, b.value)
  return a.key === b.key ? 0 : way * (a.key < b.key ? -1 : 1)
}

/** A value that changed its kind between two pages has some place, and the same one each time. */
function plain(a: string | number | boolean, b: string | number | boolean): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = [String(a), String(b)]
  return left === right ? 0 : left < right ? -1 : 1
}
