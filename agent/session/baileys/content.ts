// What somebody said, out of whatever it is wrapped in: its kind, its words, and the message that it speaks of.

import { normalizeMessageContent, proto } from '@whiskeysockets/baileys'
import type { InboundKind } from '../../words.ts'

export interface Content {
  kind: InboundKind
  /** Words, a caption, the chosen answer or the emoji of a reaction; null where there are none. */
  text: string | null
  /** Id of the message that is edited, deleted, reacted to or voted on; null for all others. */
  refersTo: string | null
}

type Message = proto.IMessage
type Reading = readonly [
  of: keyof Message,
  kind: InboundKind,
  text?: (m: Message) => string | null | undefined,
  refersTo?: (m: Message) => string | null | undefined,
]

/** The first that is there counts; a key distribution may travel with any of them. */
const readings: readonly Reading[] = [
  ['conversation', 'text', (m) => m.conversation],
  ['extendedTextMessage', 'text', (m) => m.extendedTextMessage?.text],
  ['imageMessage', 'image', (m) => m.imageMessage?.caption],
  ['videoMessage', 'video', (m) => m.videoMessage?.caption],
  ['ptvMessage', 'video', (m) => m.ptvMessage?.caption],
  ['audioMessage', 'audio'],
  ['documentMessage', 'document', (m) => m.documentMessage?.caption],
  ['stickerMessage', 'sticker'],
  ['locationMessage', 'location', (m) => m.locationMessage?.name],
  ['liveLocationMessage', 'location', (m) => m.liveLocationMessage?.caption],
  ['contactMessage', 'contact', (m) => m.contactMessage?.displayName],
  ['contactsArrayMessage', 'contact', (m) => m.contactsArrayMessage?.displayName],
  ['reactionMessage', 'reaction', (m) => m.reactionMessage?.text, (m) => m.reactionMessage?.key?.id],
  ['buttonsResponseMessage', 'reply', (m) => m.buttonsResponseMessage?.selectedDisplayText],
  ['templateButtonReplyMessage', 'reply', (m) => m.templateButtonReplyMessage?.selectedDisplayText],
  ['listResponseMessage', 'reply', (m) => m.listResponseMessage?.title],
  ['interactiveResponseMessage', 'reply', (m) => m.interactiveResponseMessage?.body?.text],
  ['pollCreationMessage', 'poll', (m) => m.pollCreationMessage?.name],
  ['pollCreationMessageV2', 'poll', (m) => m.pollCreationMessageV2?.name],
  ['pollCreationMessageV3', 'poll', (m) => m.pollCreationMessageV3?.name],
  ['pollUpdateMessage', 'vote', () => null, (m) => m.pollUpdateMessage?.pollCreationMessageKey?.id],
]

/** What belongs to the protocol and says nothing. */
const silent: ReadonlySet<string> = new Set(['senderKeyDistributionMessage', 'messageContextInfo'])

/** Null where nobody said anything: keys, settings and other talk between devices. */
export function contentOf(wrapped: Message | null | undefined): Content | null {
  const message = normalizeMessageContent(wrapped)
  if (!message) return null
  if (message.protocolMessage) return changeOf(message.protocolMessage)
  for (const [of, kind, text, refersTo] of readings)
    if (message[of] !== null && message[of] !== undefined)
      return { kind, text: text?.(message) || null, refersTo: refersTo?.(message) || null }
  const said = Object.entries(message).some(([name, value]) => value != null && !silent.has(name))
  return said ? { kind: 'other', text: null, refersTo: null } : null
}

function changeOf({ type, key, editedMessage }: proto.Message.IProtocolMessage): Content | null {
  const { Type } = proto.Message.ProtocolMessage
  const refersTo = key?.id || null
  if (type === Type.MESSAGE_EDIT)
    return { kind: 'edit', text: contentOf(editedMessage)?.text ?? null, refersTo }
  // Absent and REVOKE are the same number on the wire.
  if (type === Type.REVOKE && refersTo !== null) return { kind: 'deletion', text: null, refersTo }
  return null
}
