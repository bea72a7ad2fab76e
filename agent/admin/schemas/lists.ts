// What the answers of lists have in common: rows that may be cut down to some fields, and the way to the next page.

import { z } from 'zod'

/** The whole row, or some of its fields where the query has `fields`. */
export function rowOf<S extends z.ZodObject>(row: S) {
  return z.union([row, row.partial()]).meta({
    description: 'Whole, or with the fields that were asked for by `fields`.',
    'x-linda-fields': true,
  })
}

export const nextCursor = z
  .string()
  .nullable()
  .meta({ description: 'For `cursor` of the next page; null on the last one.' })

/** Of every list. */
export const listHeaders = { link: 'The address of the next page with rel="next"; absent on the last one.' }
export const etagHeaders = {
  etag: 'Weak; what If-None-Match is compared with.',
  'cache-control': 'private, no-cache: kept by the caller, asked about each time.',
}

/** Rows of the fleet: all of them, where nothing else is asked for. */
export const fleetLimit = { usual: 10_000, most: 10_000 } as const
