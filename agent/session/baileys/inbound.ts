// Inbound messages, each handed on once: the library repeats them after a reconnect and mixes in its own and undecryptable ones.

import { proto, type WAMessage } from '@whiskeysockets/baileys'
import type { SocketListener } from '../socket.ts'

export class InboundReader {
  #listener: SocketListener

  constructor(listener: SocketListener) {
    this.#listener = listener
  }

  /** @param type the library's word: `notify` while online, `append` for what waited on the server or is our own */
  read(message: WAMessage, type: 'notify' | 'append'): void {
    const { id, fromMe, remoteJid, remoteJidAlt } = message.key
    if (!id || fromMe || !remoteJid) return
    if (message.messageStubType === proto.WebMessageInfo.StubType.CIPHERTEXT) {
      this.#listener.undecryptable(id)
      return
    }
    if (!message.message) return
    const phone = [remoteJid, remoteJidAlt].find((jid) => jid?.endsWith('@s.whatsapp.net'))
    this.#listener.received({
      messageId: id,
      from: (phone ?? remoteJid).split('@')[0]?.split(':')[0] ?? remoteJid,
      text: message.message.conversation ?? message.message.extendedTextMessage?.text ?? null,
      atMs: Number(message.messageTimestamp ?? 0) * 1000,
      offline: type === 'append',
    })
  }
}
