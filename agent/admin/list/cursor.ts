// Where a list goes on: opaque to callers, bound to the list, the filter and the order that it was made for, and checked like anything else that comes from outside.

import { hash } from 'node:crypto'
import { z } from 'zod'
import type { Term } from '../filter/terms.ts'
import { Problem } from '../problem.ts'
import type { ListSpec } from './query.ts'

/** The last row that was answered: the value it was sorted by, and what tells it from every other. */
export interface Place {
  /** The list and its filter. */
  of: string
  /** The order, as `-healthScore`. */
  sort: string
  value: string | number | boolean | null
  key: string
}

const LONGEST = 1_000
const placeSchema = z.strictObject({
  of: z.string().max(16),
  sort: z.string().max(64),
  value: z.union([z.string().max(200), z.number(), z.boolean(), z.null()]),
  key: z.string().min(1).max(200),
})

/** What a cursor is bound to, in a few letters. */
export function boundTo(spec: ListSpec, filter: readonly Term[] = []): string {
  return hash('sha1', JSON.stringify([spec.fields, spec.sorts, filter]), 'base64url').slice(0, 10)
}

export function cursorOf(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** Throws Problem `bad-cursor` for what no list of this order has given out. @param isKey whether it may be a key of the list */
export function readCursor(
  cursor: string,
  { of, sort }: Pick<Place, 'of' | 'sort'>,
  isKey: (key: string) => boolean,
): Place {
  const refuse = (why: string): never => {
    throw new Problem(400, 'bad-cursor', `cursor: ${why}; begin without one`)
  }
  if (cursor.length > LONGEST || !/^[\w-]+$/.test(cursor)) return refuse('found what no list has given out')
  const place = placeSchema.safeParse(parsed(cursor)).data
  if (!place || !isKey(place.key)) return refuse('found what no list has given out')
  if (place.sort !== sort) return refuse(`it was given out for sort=${place.sort}, found sort=${sort}`)
  if (place.of !== of) return refuse('it was given out for another list or filter')
  return place
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}
