// Giving the work of one account to another: messages, conversations and schedules in the caller's one transaction, or back again.

import { setImmediate as turn } from 'node:timers/promises'
import { type Queryable, StoreError, type TransactionOptions, type Value } from '../store/sql.ts'
import type { ToldRow } from './notices.ts'
import { stepLine, stepped } from './steps.ts'

export interface Transfer {
  /** Of the failover. */
  id: string
  /** Only what belongs to it: what the account has from another pool is nothing to the accounts of this one. */
  pool: string
  from: string
  /** Null parks everything: there is nobody. */
  to: string | null
  /** How long an acknowledgement is waited for of what `from` may have sent, in milliseconds. */
  graceMs: number
  now: number
  /** Hears of what is parked, in the same transaction; nobody where it is absent. */
  tell?: Tell | undefined
}

/** Writes what webhooks are to hear of messages that were parked. */
export type Tell = (tx: Queryable, parked: readonly ToldRow[], at: number) => Promise<void>

export interface Transferred {
  messages: number
  conversations: number
  /** Messages that another account than the new one may have sent. */
  unsure: number
}

/** For the transaction of a transfer: a backlog of a million messages, on a slow disk, is still one. */
export const transferOptions: TransactionOptions = { withinMs: 10 * 60_000 }

/** Rows of one statement: far from the limits of a store on statements, and the process turns after each. */
const SLICE = 1_000
/** Conversations that are looked for at a time. What was moved is passed over at every look, so there are few of them. */
const LOOK = 20_000
/**
 * Parked messages of one transfer that are told. A backlog of a million would hold the transaction for minutes, and in the queue of a
 * webhook it would push out everything else.
 */
const TOLD = 10_000

/**
 * Moves what is open and not bound to its account. What was being sent, or was tried without an answer, waits for its time of grace as
 * unknown, or parked: whoever sends it then marks it as a possible duplicate. With `onlyMoved` only what this very failover had moved, and
 * what came for those conversations since: left behind, it would stand in front of all that follows.
 *
 * The caller holds the row of `to` in account_mode (`modeOf`), and unless `onlyMoved` has taken `from` out; so nothing is given to `from`
 * any more while this looks. Rejects with StoreError, which says how far it came; nothing of it stays then.
 */
export async function transfer(
  tx: Queryable,
  { id, pool, from, to, graceMs, now, tell }: Transfer,
  onlyMoved = false,
): Promise<Transferred> {
  const done: Transferred = { messages: 0, conversations: 0, unsure: 0 }
  if (from === to) return done
  const parked: ToldRow[] = []
  const values = [from, pool, ...(onlyMoved ? [id] : [])]
  const line = stepLine({ at: now, state: to === null ? 'parked' : 'queued', account: to, code: 'failover' })
  const moveAll = async (): Promise<void> => {
    for await (const piece of pieces(tx, `${movable} ${onlyMoved ? ofFailover : ''}`, values)) {
      const rows = await tx.query<ToldRow & { unsure: number }>(
        `${moveMessages} WHERE ${piece.where} ${whetherUnsure}`,
        [from, pool, id, to, now, now + graceMs, line, ...piece.values],
      )
      done.messages += rows.length
      done.unsure += rows.reduce((sum, { unsure }) => sum + unsure, 0)
      const room = TOLD - parked.length
      if (tell && room > 0) parked.push(...rows.filter(({ state }) => state === 'parked').slice(0, room))
    }
  }
  const pinAll = async (): Promise<void> => {
    const conversations = `SELECT id FROM conversation WHERE account = $1 AND pool = $2 ${onlyMoved ? 'AND moved_by = $3' : ''} LIMIT ${LOOK}`
    for await (const ids of slices(tx, conversations, values))
      done.conversations += (
        await tx.query(moveConversations(ids.length), [from, to, id, now, ...ids])
      ).length
  }
  try {
    // The messages first: who accepts one waits for the row of its conversation. But where `from` still gets messages, what is accepted while
    // this looks must find the new pin, or be found.
    for (const work of onlyMoved ? [pinAll, moveAll] : [moveAll, pinAll]) await work()
    // Last, as it holds the lanes of webhooks until the end.
    for (let i = 0; i < parked.length; i += SLICE) {
      await tell?.(tx, parked.slice(i, i + SLICE), now)
      await turn()
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const { messages, conversations } = done
    const far = `${messages} messages and ${conversations} conversations of the transfer had been written, and nothing of it stays`
    throw new StoreError(`${error.message}; ${far}`, { cause: error.cause })
  }
  return done
}

interface Piece {
  /** Its own parameters begin with $8. */
  where: string
  values: Value[]
}

/**
 * What is to be moved, in pieces of about a slice by time, and by id where many have one time, as what was scheduled for one moment. A time
 * only ever grows while an account gets nothing, so nothing slips past; the last piece is whatever is left. Pieces are read from the index by
 * account and time, or what was moved before would be gone through again for each.
 */
async function* pieces(tx: Queryable, which: string, values: readonly Value[]): AsyncGenerator<Piece> {
  const at = values.length + 1
  for (let low = 0, high: number | undefined; ; low = high) {
    const [edge] = await tx.query<{ next_at: number }>(
      `SELECT next_at FROM message WHERE ${which} AND next_at >= $${at} ORDER BY next_at LIMIT 1 OFFSET ${SLICE}`,
      [...values, low],
    )
    if (!edge) break
    high = edge.next_at
    if (high > low) yield { where: `${which} AND next_at >= $8 AND next_at < $9`, values: [low, high] }
    else {
      high = low + 1
      const one = `SELECT id FROM message WHERE ${which} AND next_at = $${at}`
      const ids = (await tx.query<{ id: string }>(one, [...values, low])).map(({ id }) => id)
      for (let i = 0; i < ids.length; i += SLICE) {
        const some = ids.slice(i, i + SLICE)
        yield { where: among(some.length, 8, movable), values: some }
        await turn()
      }
    }
    // SQLite answers within the turn: sessions, probes and requests have theirs in between.
    await turn()
  }
  yield { where: which, values: [] }
}

/** Ids of what is to be moved, until nothing is left: what was moved is not found again. */
async function* slices(tx: Queryable, select: string, values: readonly Value[]): AsyncGenerator<string[]> {
  for (;;) {
    const ids = (await tx.query<{ id: string }>(select, values)).map(({ id }) => id)
    for (let i = 0; i < ids.length; i += SLICE) {
      yield ids.slice(i, i + SLICE)
      await turn()
    }
    if (ids.length < LOOK) return
  }
}

/** By their ids, and what they must be as a CASE: or a planner without statistics looks for them among all that the account has. */
const among = (count: number, first: number, still: string): string =>
  `id IN (${Array.from({ length: count }, (_, i) => `$${first + i}`).join(', ')}) AND CASE WHEN ${still} THEN 1 ELSE 0 END = 1`

const movable = 'account = $1 AND pool = $2 AND bound = 0 AND open = 1'
const ofFailover = `AND (moved_by = $3 OR EXISTS (
  SELECT 1 FROM conversation c WHERE c.id = message.conversation AND c.moved_by = $3))`

/** Whoever may have sent it. */
const tried = "CASE WHEN state IN ('claimed', 'sent') THEN account ELSE maybe_sent_by END"
const to = 'CAST($4 AS TEXT)'
/** The new account has refused it before. */
const refused = `(' ' || refused_by || ' ') LIKE ('% ' || ${to} || ' %')`

/**
 * Whoever may have sent it repeats it at once, under its id; all others wait for its time of grace. What waits already keeps its time: who
 * waited longest is first at the new account too.
 */
const moveMessages = `
  UPDATE message SET
    moved_by = $3,
    account = CASE WHEN ${refused} THEN NULL ELSE ${to} END,
    state = CASE WHEN state = 'scheduled' THEN state WHEN ${to} IS NULL OR ${refused} THEN 'parked'
      WHEN ${tried} IS NOT NULL THEN 'unknown' ELSE 'queued' END,
    maybe_sent_by = ${tried},
    next_at = CASE WHEN state = 'scheduled' THEN next_at WHEN ${tried} <> ${to} OR (${tried} IS NOT NULL AND ${to} IS NULL) THEN $6
      WHEN next_at < $5 THEN next_at ELSE $5 END,
    ${stepped('$7')}`
const whetherUnsure = `
  RETURNING CASE WHEN maybe_sent_by <> ${to} OR (maybe_sent_by IS NOT NULL AND ${to} IS NULL) THEN 1 ELSE 0 END AS unsure,
    id, wa_id, conversation, pool, account, state, code, attempts, possible_duplicate`

const moveConversations = (count: number): string => `
  UPDATE conversation SET account = CAST($2 AS TEXT), moved_by = $3, changed_at = $4
  WHERE ${among(count, 5, 'account = $1')} RETURNING id`
