// Inbound messages, each handed on once: the library repeats them after a reconnect and mixes in its own and undecryptable ones.

import { createHash } from 'node:crypto'
import { proto, type WAMessage } from '@whiskeysockets/baileys'
import type { SocketListener } from '../socket.ts'

/** What WhatsApp's own clients write. */
const idPattern = /^[!-~]{1,200}$/
/** Year 2100, in seconds: beyond it a time is none. */
const LATEST_S = 4_102_444_800

/** The sender chooses the id of a message. One that no store, log or header can hold gets another, the same whenever it is repeated. */
export function idOf(id: string): string {
  return idPattern.test(id) ? id : `odd-${createHash('sha256').update(id).digest('hex')}`
}

/** And the time; in milliseconds since the epoch, `now` where it is none. */
export function timeOf(seconds: unknown, now: number): number {
  const s = Number(seconds ?? 0)
  return s >= 0 && s <= LATEST_S ? Math.round(s * 1000) : now
}

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
      this.#listener.undecryptable(idOf(id))
      return
    }
    if (!message.message) return
    const phone = [remoteJid, remoteJidAlt].find((jid) => jid?.endsWith('@s.whatsapp.net'))
    this.#listener.received({
      messageId: idOf(id),
      from: (phone ?? remoteJid).split('@')[0]?.split(':')[0] ?? remoteJid,
      text: message.message.conversation ?? message.message.extendedTextMessage?.text ?? null,
      atMs: timeOf(message.messageTimestamp, Date.now()),
      offline: type === 'append',
    })
  }
}
