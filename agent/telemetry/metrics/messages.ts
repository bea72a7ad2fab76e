// Messages on the wire and in the outbox.

import { account, counter, gauge, histogram, type MetricSpec, messageSeconds } from './spec.ts'

export const messages = {
  messagesSent: counter('whatsapp_messages_sent_total', 'Messages written to the socket.', account),
  messagesAcked: counter('whatsapp_messages_acked_total', 'Messages that the server acknowledged.', account),
  messagesReceived: counter(
    'whatsapp_messages_received_total',
    'Inbound messages, each counted once.',
    account,
  ),
  messagesFailed: counter('whatsapp_messages_failed_total', 'Messages that were not acknowledged, by code.', [
    'account',
    'code',
  ]),
  undecryptable: counter(
    'whatsapp_messages_undecryptable_total',
    'Inbound messages that could not be decrypted at first.',
    account,
  ),
  handlerFailed: counter(
    'whatsapp_messages_handler_failed_total',
    'Inbound messages that their handler could not take.',
    account,
  ),
  ackSeconds: histogram(
    'whatsapp_message_ack_seconds',
    'Time from sending to the acknowledgement of the server.',
    [],
    messageSeconds,
    true,
  ),
  deliverySeconds: histogram(
    'whatsapp_message_delivery_seconds',
    'Time from sending to the receipt of the recipient.',
    [],
    messageSeconds,
    true,
  ),
  messagesAccepted: counter('whatsapp_messages_accepted_total', 'Messages taken into the outbox.', ['pool']),
  messagesEnded: counter(
    'whatsapp_outbox_ended_total',
    'Messages that left the outbox without an acknowledgement, by how they ended; not those that a person took back.',
    ['pool', 'state'],
  ),
  messagesCancelled: counter('whatsapp_outbox_cancelled_total', 'Messages that a person took back.', [
    'pool',
  ]),
  outboxMessages: gauge('whatsapp_outbox_messages', 'Messages for which something is still to be done.', [
    'pool',
    'state',
  ]),
  outboxOldest: gauge(
    'whatsapp_outbox_oldest_seconds',
    'How long the oldest of them has been there; no series while there is none.',
    ['pool', 'state'],
    'seconds',
  ),
  outboxLimited: gauge(
    'whatsapp_outbox_limited_messages',
    'Those of them that wait because their account of this agent has used what it may send in 24 hours.',
    ['pool'],
  ),
  daySent: gauge(
    'whatsapp_account_day_messages',
    'Messages of the account in the last 24 hours, as its limit by the day counts them; no series without such a limit.',
    account,
  ),
  dayAllowance: gauge(
    'whatsapp_account_day_limit',
    'Messages that the account may send in 24 hours at its present age; no series without a limit by the day.',
    account,
  ),
  outboxLimit: gauge('linda_outbox_limit', 'Open messages above which none is accepted.', []),
  inboundUnkept: counter(
    'whatsapp_inbound_unkept_total',
    'Times that an inbound message could not be put into the store yet, or was dropped.',
    ['why'],
  ),
} as const satisfies Record<string, MetricSpec>
