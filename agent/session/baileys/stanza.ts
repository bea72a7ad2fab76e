// A message as the server announced it, and as it was decrypted, put together the way the library does.

import {
  cleanMessage,
  decodeMessageNode,
  proto,
  unpadRandomMax16,
  type WAMessage,
  type WAMessageKey,
} from '@whiskeysockets/baileys'
import type { Opened } from '../opened.ts'

type Announced = Pick<Opened, 'attrs' | 'me' | 'meLid'>

/** The same for a message as the library hands it on and as the server announced it. */
export function nameOf({ remoteJid, participant, id }: WAMessageKey): string {
  return `${remoteJid ?? ''}/${participant ?? ''}/${id ?? ''}`
}

/** Throws where the server said something that no message has. */
export function announced(said: Announced): WAMessage {
  const message = bare(said)
  cleanMessage(message, said.me ?? '', said.meLid ?? '')
  return message
}

/** The message of all its parts. Throws where it is none. */
export function assembled(parts: readonly [Opened, ...Opened[]]): WAMessage {
  const [first] = parts
  const message = bare(first)
  const content: proto.IMessage = {}
  for (const { plain } of parts) {
    const part = proto.Message.decode(unpadRandomMax16(plain))
    Object.assign(content, part.deviceSentMessage?.message ?? part)
  }
  message.message = content
  cleanMessage(message, first.me ?? '', first.meLid ?? '')
  return message
}

function bare({ attrs, me, meLid }: Announced): WAMessage {
  return decodeMessageNode({ tag: 'message', attrs }, me ?? '', meLid ?? '').fullMessage as WAMessage
}
