// A list that the store answers, in the order of its ids: the cursor is the last id, and one row more than asked for tells whether there is another page.

import { boundTo, cursorOf, readCursor } from './cursor.ts'
import { readSort } from './order.ts'
import type { ListQuery, ListSpec } from './query.ts'
import type { Page } from './rows.ts'

/** What the store is asked for. */
export interface Slice {
  /** The key after which it goes on, in the order that is asked for. */
  after: string | undefined
  oldestFirst: boolean
  limit: number
}

/**
 * @param isKey whether it may be an id of the list, so that nothing else gets as far as the store
 * @param read answers up to `limit` rows
 */
export async function storedPage<T>(
  { filter, sort, limit, cursor }: ListQuery,
  spec: ListSpec,
  { keyOf, isKey }: { keyOf(row: T): string; isKey(key: string): boolean },
  read: (slice: Slice) => Promise<T[]>,
): Promise<Page<T>> {
  const order = sort ?? spec.sorts[0]
  const of = boundTo(spec, filter)
  const after = cursor === undefined ? undefined : readCursor(cursor, { of, sort: order }, isKey).key
  const found = await read({ after, oldestFirst: !readSort(order).falling, limit: limit + 1 })
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  return {
    rows,
    nextCursor:
      found.length > limit && last ? cursorOf({ of, sort: order, value: null, key: keyOf(last) }) : null,
  }
}
