// What webhooks are told of messages: where an outgoing one is, without its text, and everything of one that came in.

import type { Notice } from '../webhooks/notice.ts'
import type { Received } from './inbound.ts'
import type { MessageRow } from './row.ts'

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
