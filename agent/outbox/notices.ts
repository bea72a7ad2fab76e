// What webhooks are told of messages: where an outgoing one is, without its text, and everything of one that came in.

import type { Notice } from '../webhooks/notice.ts'
import type { MessageRow } from './row.ts'

/** What is told of a message that came in, beside its envelope; the text goes to whoever the operator configured and nowhere else. */
export interface Received {
  id: string
  account: string
  pool: string
  conversation: string
  messageId: string
  from: string
  text: string | null
  sentAt: number
  offline: boolean
}

export function stateNotice(row: MessageRow, at: number): Notice {
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
  const { id, account, pool, conversation, messageId, from, text, sentAt, offline } = received
  return {
    type: 'message.received',
    lane: conversation,
    pool,
    account,
    at,
    data: { id, messageId, conversation, from, text, sentAt: new Date(sentAt).toISOString(), offline },
  }
}
