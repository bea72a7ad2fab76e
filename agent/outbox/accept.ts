// A message is accepted when it is in the store, and not before: once for each idempotency key, in order within its conversation.

import { v7 as uuidv7 } from 'uuid'
import type { Cipher } from '../store/cipher.ts'
import { type Queryable, StoreError, type Value } from '../store/sql.ts'
import type { MessageState } from '../words.ts'
import { type Content, encodePayload } from './content.ts'
import type { Route } from './route.ts'
import type { MessageRow } from './row.ts'
import { stepLine } from './steps.ts'
import { type SureRoute, sureRoute } from './sure-route.ts'

/** What a caller wants sent. Times are milliseconds since the epoch. */
export interface Draft {
  caller: string
  /** The caller's name for this message: the same one twice is one message. */
  key: string | null
  /** Everything the caller said, so that one key is never two messages. */
  body: string
  pool: string
  /** Named by the caller: nobody else may send it. */
  account: string | null
  region: string | null
  /** E.164 with its plus sign. */
  to: string
  content: Content
  /** Not to be sent before; null for at once. */
  notBefore: number | null
  expiresAt: number
  trace: string | null
}

/** A draft with what it needs in the store, made before the transaction: the cipher may have to ask the store. */
export interface Sealed {
  draft: Draft
  id: string
  waId: string
  conversation: string
  payload: Uint8Array
  bodyHash: string
}

export type Accepted =
  | { kind: 'created' | 'repeated'; row: MessageRow }
  | { kind: 'key-taken'; row: MessageRow }

/** The name of a conversation in the store: a keyed hash, so that the store does not say who is written to. */
export function conversationOf(cipher: Cipher, pool: string, phone: string): Promise<string> {
  return cipher.mac(`pool:${pool}`, `conversation/${phone.replace(/^\+/, '')}`)
}

export async function seal(cipher: Cipher, draft: Draft, mintWaId: () => string): Promise<Sealed> {
  const id = uuidv7()
  const scope = `pool:${draft.pool}`
  return {
    draft,
    id,
    waId: mintWaId(),
    conversation: await conversationOf(cipher, draft.pool, draft.to),
    bodyHash: await cipher.mac(scope, `body/${draft.body}`),
    payload: await cipher.seal(
      scope,
      `message/${id}`,
      encodePayload({ to: draft.to, content: draft.content }),
    ),
  }
}

/** Inside a transaction; may run again. Answers in the order of `batch`. */
export async function insertAll(
  tx: Queryable,
  batch: readonly Sealed[],
  route: Route,
  now: number,
): Promise<Accepted[]> {
  const sure = await sureRoute(tx, route)
  const answers: Accepted[] = []
  const places = batch.map((sealed, i) => ({ sealed, i }))
  // Conversations always in one order, so that two nodes do not wait for each other; within one, in the order of the calls.
  places.sort((a, b) =>
    a.sealed.conversation < b.sealed.conversation
      ? -1
      : a.sealed.conversation > b.sealed.conversation
        ? 1
        : a.i - b.i,
  )
  for (const { sealed, i } of places)
    answers[i] = (await known(tx, sealed)) ?? (await insert(tx, sealed, sure, now))
  return answers
}

/** What the same key of the same caller made before. */
export async function known(
  at: Queryable,
  { draft: { caller, key }, bodyHash }: Sealed,
): Promise<Accepted | null> {
  if (key === null) return null
  const [row] = await at.query<MessageRow>(
    'SELECT * FROM message WHERE caller = $1 AND idempotency_key = $2',
    [caller, key],
  )
  if (!row) return null
  return { kind: row.body_hash === bodyHash ? 'repeated' : 'key-taken', row }
}

/** SQL: whether an account has written in a conversation; one that drains goes on with it, also where it was always named and has no pin. */
export const hasWritten = (conversation: string, account: string): string =>
  `EXISTS (SELECT 1 FROM message w WHERE w.conversation = ${conversation} AND w.account = ${account} AND w.acked_at IS NOT NULL)`

async function accountFor(
  tx: Queryable,
  { pool, account: bound, region }: Draft,
  { id, pinned }: { id: string; pinned: string | null },
  route: SureRoute,
): Promise<string | null> {
  const wanted = { pool, bound, pinned, region, except: [] }
  if (bound === null) return route({ ...wanted, again: false })
  // Nearly always it may; only where not, the store is asked for what is remembered of it.
  const first = route({ ...wanted, again: true })
  if (first !== null) return first
  const [row] = await tx.query<{ yes: number }>(`SELECT 1 AS yes WHERE ${hasWritten('$1', '$2')}`, [
    id,
    bound,
  ])
  return route({ ...wanted, pinned: row ? bound : pinned, again: false })
}

/** Takes the next place of the conversation, which holds its row until the commit, and the account that it is pinned to. */
async function insert(tx: Queryable, sealed: Sealed, route: SureRoute, now: number): Promise<Accepted> {
  const { draft, id, waId, conversation, payload, bodyHash } = sealed
  const { pool } = draft
  const [place] = await tx.query<{ last_seq: number; account: string | null }>(
    `INSERT INTO conversation (id, pool, account, last_seq, changed_at) VALUES ($1, $2, NULL, 1, $3)
     ON CONFLICT (id) DO UPDATE SET last_seq = conversation.last_seq + 1
     RETURNING last_seq, account`,
    [conversation, pool, now],
  )
  const pinned = place?.account ?? null
  const routed = await accountFor(tx, draft, { id: conversation, pinned }, route)
  // One that was named by the caller is waited for.
  const account = routed ?? draft.account
  // Naming an account says who sends this message, and nothing of those that name nobody.
  if (draft.account === null && routed !== null && routed !== pinned)
    await tx.query('UPDATE conversation SET account = $2, changed_at = $3 WHERE id = $1', [
      conversation,
      routed,
      now,
    ])
  const waits = draft.notBefore !== null && draft.notBefore > now
  const state: MessageState = waits ? 'scheduled' : routed === null ? 'parked' : 'queued'
  const values: Record<string, Value> = {
    id,
    wa_id: waId,
    caller: draft.caller,
    idempotency_key: draft.key,
    body_hash: bodyHash,
    pool,
    account,
    bound: draft.account === null ? 0 : 1,
    region: draft.region,
    conversation,
    seq: Number(place?.last_seq ?? 0),
    state,
    open: 1,
    attempts: 0,
    next_at: waits ? draft.notBefore : now,
    expires_at: draft.expiresAt,
    accepted_at: now,
    refused_by: '',
    possible_duplicate: 0,
    trace: draft.trace,
    payload,
    steps: stepLine({ at: now, state, account }),
  }
  const names = Object.keys(values)
  const [row] = await tx.query<MessageRow>(
    `INSERT INTO message (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})
     ON CONFLICT (caller, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING RETURNING *`,
    Object.values(values),
  )
  if (row) return { kind: 'created', row }
  // Another node was a moment earlier with the same key.
  const other = await known(tx, sealed)
  if (!other) throw new StoreError('a message with this key was accepted and vanished')
  return other
}
