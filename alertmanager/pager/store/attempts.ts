// Rows of attempts and of what came back later; the budget of an hour is counted from them, so that a restart is no fresh purse.

import { v7 as uuidv7 } from 'uuid'
import type { Queryable } from '../../../agent/store/sql.ts'
import { BUDGET_MS, type Spent } from '../decide/budget.ts'
import type { AttemptOutcome, ChannelName } from '../words.ts'

/** Before anything is sent: whoever dies afterwards has left a trace. False where somebody else has it, or it is over. Answers the attempt. */
export async function beginAttempt(
  tx: Queryable,
  { id, recipient, course }: { id: string; recipient: string; course: { channel: ChannelName } },
  now: number,
): Promise<string | null> {
  const begun = await tx.query(
    `UPDATE delivery SET state = 'sending', why = NULL, attempts = attempts + 1, course = $2
     WHERE id = $1 AND state IN ('queued', 'held') RETURNING id`,
    [id, JSON.stringify(course)],
  )
  if (begun.length === 0) return null
  const attempt = uuidv7()
  await tx.query(
    'INSERT INTO attempt (id, delivery, channel, recipient, started_at) VALUES ($1, $2, $3, $4, $5)',
    [attempt, id, course.channel, recipient, now],
  )
  return attempt
}

/** How the attempt that was under way for the delivery ended. */
export async function endAttempt(
  tx: Queryable,
  delivery: string,
  { outcome, code, now }: { outcome: AttemptOutcome; code: string; now: number },
): Promise<void> {
  await tx.query(
    'UPDATE attempt SET outcome = $2, code = $3, ended_at = $4 WHERE delivery = $1 AND outcome IS NULL',
    [delivery, outcome, code, now],
  )
  if (outcome === 'unknown')
    await tx.query('UPDATE delivery SET doubtful = doubtful + 1 WHERE id = $1', [delivery])
}

/** What the provider may have charged for within the last hour: what it certainly did not take costs nothing. A delivery leaves the hour with its last attempt. */
export async function spentOn(
  tx: Queryable,
  channel: ChannelName,
  { id, recipient }: { id: string; recipient: string },
  now: number,
): Promise<Spent> {
  const [row] = await tx.query<{
    n: number
    oldest: number | null
    mine: number
    mine_oldest: number | null
    own: number | null
    own_oldest: number | null
  }>(
    `SELECT SUM(CASE WHEN delivery <> $3 THEN 1 ELSE 0 END) AS n,
       MIN(CASE WHEN delivery <> $3 THEN last END) AS oldest,
       SUM(CASE WHEN delivery <> $3 AND recipient = $2 THEN 1 ELSE 0 END) AS mine,
       MIN(CASE WHEN delivery <> $3 AND recipient = $2 THEN last END) AS mine_oldest,
       SUM(CASE WHEN delivery = $3 THEN tries ELSE 0 END) AS own,
       MIN(CASE WHEN delivery = $3 THEN first END) AS own_oldest
     FROM (SELECT delivery, recipient, COUNT(*) AS tries, MIN(started_at) AS first, MAX(started_at) AS last
       FROM attempt WHERE channel = $1 AND started_at > $4
         AND (outcome IS NULL OR outcome IN ('accepted', 'unknown'))
       GROUP BY delivery, recipient) AS paid`,
    [channel, recipient, id, now - BUDGET_MS],
  )
  return {
    all: row?.n ?? 0,
    recipient: row?.mine ?? 0,
    own: row?.own ?? 0,
    oldestAt: row?.oldest ?? null,
    recipientOldestAt: row?.mine_oldest ?? null,
    ownOldestAt: row?.own_oldest ?? null,
  }
}

/** @param said a word of the provider's or of the program's, never what a person wrote */
export async function insertCallback(
  tx: Queryable,
  delivery: string,
  kind: string,
  said: string,
  now: number,
): Promise<void> {
  await tx.query('INSERT INTO callback (id, delivery, kind, said, at) VALUES ($1, $2, $3, $4, $5)', [
    uuidv7(),
    delivery,
    kind,
    said,
    now,
  ])
}
