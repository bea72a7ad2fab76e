// Messages that came in are in the store before anybody handles them, each once, and webhooks hear of them in the same transaction.

import { v7 as uuidv7 } from 'uuid'
import type { Inbound } from '../session/socket.ts'
import { authorOf, chatOf } from '../session/writer.ts'
import type { Cipher } from '../store/cipher.ts'
import type { Queryable } from '../store/sql.ts'
import { conversationOf } from './accept.ts'
import { Batches } from './batches.ts'
import { type Received, receivedNotice } from './notices.ts'
import type { Telling } from './telling.ts'

interface Sealed extends Received {
  sender: string
  receivedAt: number
  payload: Uint8Array
}

export interface InboundParts {
  cipher: Cipher
  poolOf(account: string): string
  /** Transactions in which others are told of what is new. */
  telling: Telling
}

export class InboundStore {
  #parts: InboundParts
  /** While the store is away each comes here again and again, and one of the tries may have been written without an answer. */
  #came = new WeakMap<Inbound, { id: string; receivedAt: number }>()
  #batches: Batches<Sealed, boolean>

  constructor(parts: InboundParts) {
    this.#parts = parts
    this.#batches = new Batches((batch) =>
      parts.telling.transaction(async (tx) => {
        const outcomes: Outcome[] = []
        for (const each of batch) outcomes.push(await insert(tx, each))
        const fresh = batch.filter((_, i) => outcomes[i] === 'new')
        return {
          result: outcomes.map((outcome) => outcome !== 'known'),
          notices: fresh.map((each) => receivedNotice(each, each.receivedAt)),
        }
      }),
    )
  }

  /** Resolves with whether it is new. Rejects with StoreError. */
  async keep(account: string, message: Inbound): Promise<boolean> {
    const { cipher, poolOf } = this.#parts
    const { messageId, text, kind, refersTo, atMs, offline } = message
    const { from, lid, group, participant } = message
    const pool = poolOf(account)
    const came = this.#came.get(message) ?? { id: uuidv7(), receivedAt: Date.now() }
    this.#came.set(message, came)
    const { id, receivedAt } = came
    const scope = `pool:${pool}`
    const isNew = await this.#batches.put({
      id,
      account,
      pool,
      conversation: await conversationOf(cipher, pool, chatOf(message)),
      sender: await cipher.mac(scope, `sender/${authorOf(message)}`),
      messageId,
      from,
      lid,
      group,
      participant,
      text,
      kind,
      refersTo,
      sentAt: atMs,
      receivedAt,
      offline,
      payload: await cipher.seal(
        scope,
        `inbound/${id}`,
        Buffer.from(JSON.stringify({ from, lid, group, participant, text, kind, refersTo })),
      ),
    })
    this.#came.delete(message)
    return isNew
  }
}

/** `unheard`: an earlier try had written it, its notices too, and nobody knew. */
type Outcome = 'new' | 'unheard' | 'known'

async function insert(tx: Queryable, each: Sealed): Promise<Outcome> {
  const { id, account, messageId, sender, pool, conversation, offline, sentAt, receivedAt, payload } = each
  const rows = await tx.query(
    `INSERT INTO inbound (id, account, wa_id, sender, pool, conversation, offline, sent_at, received_at, payload)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (account, sender, wa_id) DO NOTHING RETURNING id`,
    [id, account, messageId, sender, pool, conversation, offline ? 1 : 0, sentAt, receivedAt, payload],
  )
  if (rows.length > 0) return 'new'
  const own = await tx.query('SELECT id FROM inbound WHERE id = $1', [id])
  return own.length > 0 ? 'unheard' : 'known'
}

/** Forgets what came in before `before` (milliseconds since the epoch); answers how many. */
export async function pruneInbound(sql: Queryable, before: number, limit: number): Promise<number> {
  const gone = await sql.query(
    `DELETE FROM inbound WHERE id IN (SELECT id FROM inbound WHERE received_at < $1 LIMIT ${limit}) RETURNING id`,
    [before],
  )
  return gone.length
}
