// The History port: one way to keep events and to read them again, whatever keeps them; the Journal is its only writer.

import type { AnyEvent } from '../events.ts'

export interface EventQuery {
  account?: string | undefined
  type?: string | undefined
  /** Milliseconds since the epoch, this moment included. */
  since?: number | undefined
  /** Milliseconds since the epoch, this moment not included: ranges that meet have no event in common. */
  until?: number | undefined
  /** A whole number from 1; the newest are answered. */
  limit: number
}

export interface KeptEvent {
  id: string
  at: number
  type: string
  account: string | null
  [field: string]: unknown
}

export interface History {
  readonly driver: 'embedded' | 'influx'
  /**
   * Keeps up to `maxAppend` events, all of them or an error; an event whose id was written before is the same event. Numbers that JSON
   * does not know (NaN, infinities) come back as null. Rejects with HistoryError or StoreError.
   */
  append(events: readonly AnyEvent[]): Promise<void>
  /**
   * The newest first; within one millisecond, by id. Rejects with RangeError when `since` is after `until`, and with HistoryError or
   * StoreError.
   */
  read(query: EventQuery): Promise<KeptEvent[]>
  /**
   * Deletes what is older than `before` (milliseconds since the epoch) until there is nothing more or the signal says stop. A driver whose
   * server does that by itself has nothing to do. Rejects with HistoryError or StoreError.
   * @returns how many there were
   */
  prune(before: number, stop?: AbortSignal): Promise<number>
  /** Lets go of what is open; afterwards everything rejects. What was not written is not waited for. */
  close(): void
}

/** So many events in one call of append; SQLite takes up to 32,766 values in a statement, at five for an event. */
export const maxAppend = 1_000

/** The history could not do it now. The message names the server and what to do, and no credentials. */
export class HistoryError extends Error {
  /** These very events will never be taken, however often they are sent. Otherwise it is worth trying again. */
  readonly refused: boolean

  // No cause: an error of the HTTP client carries the request, and with it the password.
  constructor(message: string, refused = false) {
    super(message)
    this.name = 'HistoryError'
    this.refused = refused
  }
}

/** Throws RangeError that names both ends of a range that ends before it begins. */
export function checkRange({ since, until }: EventQuery): void {
  if (since === undefined || until === undefined || since <= until) return
  throw new RangeError(`since ${timeText(since)} is after until ${timeText(until)}`)
}

/** What is kept beside id, time, type and account, as JSON. */
export function dataOf({
  id: _id,
  at: _at,
  type: _type,
  account: _account,
  v: _v,
  ...data
}: AnyEvent): string {
  return JSON.stringify(data)
}

function timeText(ms: number): string {
  // Beyond what a Date can hold there is only the number.
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms)
}
