// What a webhook is told: one fact, in the lane that keeps its order, as the body that every attempt posts byte for byte.

import type { webhookEvents } from '../config/sections/webhooks.ts'

export type NoticeType = (typeof webhookEvents)[number]

export interface Notice {
  type: NoticeType
  /** A conversation's id, or an account's: what is told in one lane arrives in the order in which it was written. */
  lane: string
  pool: string
  account: string | null
  /** When this agent knew of it, in milliseconds since the epoch. */
  at: number
  /** JSON. It may hold phone numbers and texts: it is sealed in the store, and appears in no event and no log. */
  data: object
}

/** Which notices a webhook wants; an empty list means all. */
export interface Wishes {
  readonly events: readonly NoticeType[]
  readonly pools: readonly string[]
}

export function wants({ events, pools }: Wishes, { type, pool }: Pick<Notice, 'type' | 'pool'>): boolean {
  return (events.length === 0 || events.includes(type)) && (pools.length === 0 || pools.includes(pool))
}

/** The body of a delivery. */
export function bodyOf(id: string, { type, at, account, pool, data }: Notice): string {
  return JSON.stringify({ id, type, at: new Date(at).toISOString(), account, pool, data })
}
