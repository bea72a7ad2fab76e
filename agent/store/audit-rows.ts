// Rows of the audit trail as they are read: whatever somebody has put into the store, reading it says so and never fails.

import type { Row } from './sql.ts'

interface Texts extends Row {
  who: string
  what: string
  pool: string | null
  account: string | null
  origin: string
  outcome: string
  data: string
  previous: string
  hash: string
}

/** A row as it is kept; `data` is canonical JSON, and so is what `hash` is made of. */
export interface AuditRow extends Texts {
  seq: number
  at: number
}

/** Its numbers as the text that stands for them: a driver refuses those that are beyond 2^53, and with them the whole answer. */
export interface RawRow extends Texts {
  seq: string | null
  at: string | null
}

/** What a RawRow is selected by, from the table `audit`. */
export const rawColumns =
  'CAST(audit.seq AS TEXT) AS seq, CAST(audit.at AS TEXT) AS at, who, what, pool, account, origin, outcome, data, previous, hash'

/** The years 0 to 9999, which is what a time in an answer can say; in milliseconds. */
const TIMES = [-62_167_219_200_000, 253_402_300_799_999] as const
const NUMBERS = [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] as const

/** With the nearest numbers that can be shown, where somebody spoiled them. */
export function rowOf(raw: RawRow): AuditRow {
  return { ...raw, seq: integerOf(raw.seq), at: integerOf(raw.at, TIMES) }
}

/** Whether the numbers of the row are such as `append` writes. */
export function isWhole(raw: RawRow): boolean {
  const { seq, at } = rowOf(raw)
  return String(seq) === raw.seq && String(at) === raw.at
}

/** The nearest whole number of the range; what is no number at all sorts behind all numbers, as it does in SQLite. */
export function integerOf(text: string | null, [least, most]: readonly [number, number] = NUMBERS): number {
  const value = Number(text ?? Number.NaN)
  return Number.isNaN(value) ? most : Math.min(most, Math.max(least, Math.trunc(value))) + 0
}
