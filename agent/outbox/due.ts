// Whose turn it is: messages that are due and before which nothing of their conversation stands or is on its way, whatever the backlog.

import type { Queryable } from '../store/sql.ts'

/** So many of the oldest due ones are looked at first; nearly always enough of them are the first of their conversations. */
const WINDOW = 64

const sendable = (unsure: 'resend' | 'hold'): string => `
  m.account = $1 AND m.open = 1 AND m.next_at <= $2 AND m.state IN ('queued', 'unknown') AND m.expires_at > $2
  ${unsure === 'hold' ? 'AND (m.maybe_sent_by IS NULL OR m.maybe_sent_by = m.account OR m.possible_duplicate = 1)' : ''}`

/** A scheduled one comes into line when its time has come, and then it may find a later one on its way. */
const grounded = `
  NOT EXISTS (
    SELECT 1 FROM message f WHERE f.conversation = m.conversation AND f.open = 1 AND f.state IN ('claimed', 'sent')
      AND (f.bound = 0 OR f.account = m.account))`

/** What a caller has bound to another account waits for that one, and must not hold up the rest. */
const first = `
  NOT EXISTS (
    SELECT 1 FROM message e
    WHERE e.conversation = m.conversation AND e.open = 1 AND e.seq < m.seq AND e.state <> 'scheduled'
      AND (e.bound = 0 OR e.account = m.account))`

const near = (unsure: 'resend' | 'hold'): string => `
  SELECT m.id, CASE WHEN ${first} AND ${grounded} THEN 1 ELSE 0 END AS free
  FROM (SELECT * FROM message m WHERE ${sendable(unsure)} ORDER BY m.next_at, m.id LIMIT ${WINDOW}) m
  ORDER BY m.next_at, m.id`

/**
 * From conversation to conversation: one with ten thousand messages in line costs as much as one with a single message. A head is looked
 * up for each line by itself, with the time before its id: as a join PostgreSQL went through all messages instead.
 */
const far = (unsure: 'resend' | 'hold'): string => `
  WITH RECURSIVE line (conversation) AS (
    SELECT (SELECT b.conversation FROM message b WHERE b.account = $1 AND b.open = 1 AND b.seq > 0
            ORDER BY b.conversation LIMIT 1)
    UNION ALL
    SELECT (SELECT n.conversation FROM message n
            WHERE n.account = $1 AND n.open = 1 AND n.seq > 0 AND n.conversation > line.conversation
            ORDER BY n.conversation LIMIT 1)
    FROM line WHERE line.conversation IS NOT NULL),
  head (due) AS (
    SELECT (SELECT CASE WHEN ${sendable(unsure)} AND ${grounded} THEN m.next_at || '/' || m.id END
            FROM message m WHERE m.conversation = line.conversation AND m.open = 1 AND m.state <> 'scheduled'
              AND (m.bound = 0 OR m.account = $1)
            ORDER BY m.seq LIMIT 1)
    FROM line WHERE line.conversation IS NOT NULL)
  SELECT due FROM head WHERE due IS NOT NULL ORDER BY due LIMIT $3`

/** Ids of up to `limit` messages that may be claimed for the account. Rejects with StoreError. */
export async function dueHeads(
  at: Queryable,
  account: string,
  unsure: 'resend' | 'hold',
  limit: number,
  now: number,
): Promise<string[]> {
  const looked = await at.query<{ id: string; free: number }>(near(unsure), [account, now])
  const heads = looked.flatMap(({ id, free }) => (free === 1 ? [id] : []))
  if (heads.length >= limit || looked.length < WINDOW) return heads.slice(0, limit)
  const found = await at.query<{ due: string }>(far(unsure), [account, now, limit])
  return found.map(({ due }) => due.slice(due.indexOf('/') + 1))
}
