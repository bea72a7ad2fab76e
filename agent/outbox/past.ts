// What the store knows of accounts before this process: how old they are, and what they sent within the last day.

import type { Queryable } from '../store/sql.ts'

interface Sent {
  account: string
  /** Milliseconds since the epoch, the beginning of a slot. */
  at: number
  count: number
}

/** What was acknowledged since `from`, of all accounts, by slots of `slotMs` milliseconds. Rejects with StoreError. */
export async function sentSince(sql: Queryable, from: number, slotMs: number): Promise<Sent[]> {
  const slot = `acked_at / ${slotMs}`
  const rows = await sql.query<{ account: string; slot: number; n: number }>(
    `SELECT account, ${slot} AS slot, count(*) AS n FROM message
     WHERE ended_at >= $1 AND acked_at >= $1 AND account IS NOT NULL GROUP BY account, ${slot}`,
    [from],
  )
  return rows.map(({ account, slot: at, n }) => ({ account, at: Number(at) * slotMs, count: Number(n) }))
}

export interface Age {
  account: string
  /** Open for the first time, in milliseconds since the epoch; null where it has another phone since. */
  since: number | null
  /** Whether it is written with its phone; an earlier version wrote none. */
  noted: boolean
}

/** Rejects with StoreError. */
export async function knownAges(sql: Queryable): Promise<Age[]> {
  const rows = await sql.query<{ account: string; since: number; then: string | null; now: string | null }>(
    `SELECT g.account, g.since, g.phone AS "then", a.phone AS "now"
     FROM account_age g LEFT JOIN account a ON a.id = g.account`,
  )
  return rows.map(({ account, since, ...phone }) => {
    const other = phone.then !== null && phone.now !== null && phone.then !== phone.now
    return { account, since: other ? null : Number(since), noted: phone.then !== null && !other }
  })
}

/** The oldest acknowledgement of each account that is still remembered. Reads all messages. Rejects with StoreError. */
export async function oldestAcks(sql: Queryable): Promise<Map<string, number>> {
  const rows = await sql.query<{ account: string; since: number }>(
    `SELECT account, min(acked_at) AS since FROM message
     WHERE acked_at IS NOT NULL AND account IS NOT NULL GROUP BY account`,
  )
  return new Map(rows.map(({ account, since }) => [account, Number(since)]))
}

/** The account has been open since `since`; what was written earlier for the same phone stays. Rejects with StoreError. */
export async function noteAge(sql: Queryable, account: string, since: number): Promise<void> {
  await sql.query(
    `INSERT INTO account_age (account, since, phone) VALUES ($1, $2, (SELECT phone FROM account WHERE id = $1))
     ON CONFLICT (account) DO UPDATE SET
       since = CASE WHEN account_age.phone <> excluded.phone THEN excluded.since ELSE account_age.since END,
       phone = COALESCE(excluded.phone, account_age.phone)`,
    [account, since],
  )
}
