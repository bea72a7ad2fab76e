// What happens to a message, from its acceptance to its reading, and to one that came in.

import type { MessageState, SendFailure, SendOutcome } from '../words.ts'
import type { Entries } from './entry.ts'

export interface MessageEvents {
  'message.accepted': { message: string; messageId: string; pool: string; state: MessageState }
  'message.ended': {
    /** Of the outbox; the event has an id of its own. */
    message: string
    messageId: string
    pool: string
    state: MessageState
    code: string
    attempts: number
    ms: number
  }
  'message.unkept': { messageId: string; why: 'store' | 'full'; detail: string }
  'message.sent': { messageId: string }
  'message.acked': { messageId: string; ms: number; waitedMs?: number }
  'message.ack-late': { messageId: string; ms: number }
  'message.refused-late': { messageId: string; code: SendFailure; ms: number }
  'message.failed': { messageId: string; code: SendFailure; outcome: SendOutcome }
  'message.delivered': { messageId: string; ms: number | null }
  'message.read': { messageId: string; ms: number | null }
  'message.received': { messageId: string; offline: boolean }
  'message.undecryptable': { messageId: string }
  'message.handler-failed': { messageId: string; detail: string }
}

export const messagesEvents: Entries<MessageEvents> = {
  'message.accepted': {
    level: 'debug',
    help: 'A message is in the outbox: it will be sent, or a person will know why not.',
  },
  'message.ended': {
    level: 'warn',
    help: 'A message left the outbox without an acknowledgement: it failed, expired, was taken back, or nobody knows whether it was sent.',
  },
  'message.unkept': {
    level: 'error',
    help: 'An inbound message could not be put into the store yet, or was dropped because too many waited.',
    logEveryMs: 10_000,
  },
  'message.sent': { level: 'debug', help: 'A message was written to the socket.' },
  'message.acked': { level: 'debug', help: 'The server acknowledged a message.' },
  'message.ack-late': {
    level: 'warn',
    help: 'An acknowledgement came after the sender had been told that the outcome is unknown, or that it was refused.',
  },
  'message.refused-late': {
    level: 'warn',
    help: 'A refusal came after the sender had been told that the outcome is unknown.',
  },
  'message.failed': { level: 'warn', help: 'A message was not acknowledged.' },
  'message.delivered': { level: 'debug', help: 'The recipient received a message.' },
  'message.read': { level: 'debug', help: 'The recipient read a message.' },
  'message.received': { level: 'debug', help: 'An inbound message was decrypted.' },
  'message.undecryptable': {
    level: 'warn',
    help: 'An inbound message could not be decrypted; the sender is asked again.',
  },
  'message.handler-failed': {
    level: 'error',
    help: 'An inbound message arrived and its handler could not take it.',
  },
}
