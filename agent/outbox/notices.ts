// What webhooks are told of messages: where an outgoing one is, without its text, and everything of one that came in.

import type { Writer } from '../session/socket.ts'
import type { Notice } from '../webhooks/notice.ts'
import type { InboundKind } from '../words.ts'
import type { MessageRow } from './row.ts'

/** What is told of a message that came in, beside its envelope; the text goes to whoever the operator configured and nowhere else. */
export interface Received extends Writer {
  id: string
  account: string
  pool: string
  conversation: string
  messageId: string
  text: string | null
  kind: InboundKind
  refersTo: string | null
  sentAt: number
  offline: boolean
}

/** Of a message, what others are told. */
export type ToldRow = Pick<
  MessageRow,
  'id' | 'wa_id' | 'conversation' | 'pool' | 'account' | 'state' | 'code' | 'attempts' | 'possible_duplicate'
>

/** What the outside is told of; the steps between are of interest to nobody but a reader of the message's history. */
export function noticesOf(rows: readonly (MessageRow | null)[], at: number): Notice[] {
  return rows.flatMap((row) =>
    row !== null && (row.open === 0 || row.state === 'parked') ? [stateNotice(row, at)] : [],
  )
}

/** Of these messages in any case, whatever they are now: they have left a state that was told, or are parked. */
export function leftNotices(rows: readonly ToldRow[], at: number): Notice[] {
  return rows.map((row) => stateNotice(row, at))
}

function stateNotice(row: ToldRow, at: number): Notice {
  const { id, wa_id: messageId, conversation, pool, account, state, code, attempts } = row
  const possibleDuplicate = row.possible_duplicate === 1
  return {
    type: 'message.state',
    lane: conversation,
    pool,
    account,
    at,
    data: { id, messageId, conversation, state, code, attempts, possibleDuplicate },
  }
}

export function receivedNotice(received: Received, at: number): Notice {
  const sentAt = new Date(received.sentAt).toISOString()
  const { id, account, pool, conversation, messageId, from, lid, group, participant } = received
  const { text, kind, refersTo, offline } = received
  return {
    type: 'message.received',
    lane: conversation,
    pool,
    account,
    at,
    data: {
      id,
      messageId,
      conversation,
      from,
      lid,
      group,
      participant,
      kind,
      text,
      refersTo,
      sentAt,
      offline,
    },
  }
}
