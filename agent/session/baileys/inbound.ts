// Inbound messages, each handed on once: the library repeats them after a reconnect and mixes in its own and undecryptable ones.

import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { proto, type WAMessage } from '@whiskeysockets/baileys'
import type { Decrypted } from '../decrypted.ts'
import type { Opened } from '../opened.ts'
import type { Handing, SocketListener } from '../socket.ts'
import { contentOf } from './content.ts'
import { assembled, nameOf } from './stanza.ts'
import { writerOf } from './who.ts'

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

/** Messages that are handed over together, and how long the next ones wait for them, in milliseconds. */
const AT_A_TIME = 50
const PATIENCE_MS = 1_000
/** How long WhatsApp keeps what nobody has acknowledged, and repeats it, in milliseconds. */
const REPEATED_MS = 30 * 86_400_000

export class InboundReader {
  #listener: SocketListener
  #decrypted: Decrypted | undefined

  /** @param decrypted what may have to be handed on once more; absent where nothing is kept */
  constructor(listener: SocketListener, decrypted?: Decrypted) {
    this.#listener = listener
    this.#decrypted = decrypted
  }

  /** @param type the library's word: `notify` while online, `append` for what waited on the server or is our own */
  read(message: WAMessage, type: 'notify' | 'append'): void {
    const name = nameOf(message.key)
    if (isUnreadable(message)) {
      this.#unreadable(message, name)
      return
    }
    this.#decrypted?.told(name)
    const kept = (): void => this.#decrypted?.settled(name)
    if (!this.#hand(message, type === 'append', { kept, again: false })) kept()
  }

  #unreadable({ key }: WAMessage, name: string): void {
    // A repeat of what is in the store cannot be read again, and is missed by nobody.
    const missed = this.#decrypted?.isKept(name) !== true
    this.#decrypted?.settled(name, false)
    if (missed && key.id && !key.fromMe && writerOf(key)) this.#listener.undecryptable(idOf(key.id))
  }

  /** Hands on what was decrypted and what nobody was told of: the library has lost it, or an earlier run had no time to. Never throws. */
  handOver(): void {
    const decrypted = this.#decrypted
    if (!decrypted) return
    // Many may have been left, and what comes in now must not stand behind all of them.
    const work = (async () => {
      for (;;) {
        const some = await decrypted.untold(AT_A_TIME)
        if (some.length === 0) return
        const all = Promise.all(some.map((parts) => this.#handAgain(parts, decrypted)))
        await Promise.race([all, sleep(PATIENCE_MS, undefined, { ref: false })])
      }
    })()
    // What cannot be read now is still there at the next connection.
    decrypted.during(work).catch(() => {})
  }

  /** Resolves when it is kept, or is left to the library. */
  #handAgain(parts: readonly [Opened, ...Opened[]], decrypted: Decrypted): Promise<void> {
    const [{ message: name, attrs, openedAt = Date.now() }] = parts
    decrypted.told(name)
    return new Promise((resolve) => {
      const kept = (isNew: boolean): void => {
        if (isNew) decrypted.settled(name)
        else decrypted.spent(name)
        resolve()
      }
      try {
        const message = assembled(parts)
        // What the account's own phone tells its devices, and the key of a group, are the library's to handle, when they are repeated.
        if (attrs.category !== 'peer' && this.#hand(message, true, { kept, again: true })) return
        if (Date.now() - openedAt > REPEATED_MS) kept(true)
        else resolve()
      } catch (error) {
        this.#listener.trap('unreadable-kept', (error as Error).message)
        kept(true)
      }
    })
  }

  /** False where it is nobody's message to us. */
  #hand(message: WAMessage, offline: boolean, handing: Handing): boolean {
    const { id, fromMe } = message.key
    const writer = writerOf(message.key)
    const content = contentOf(message.message)
    if (!id || fromMe || !writer || !content) return false
    this.#listener.received(
      {
        messageId: idOf(id),
        ...writer,
        ...content,
        atMs: timeOf(message.messageTimestamp, Date.now()),
        offline,
      },
      handing,
    )
    return true
  }
}

/** What the library hands on in the place of a message that it could not decrypt. */
export function isUnreadable({ messageStubType }: WAMessage): boolean {
  return messageStubType === proto.WebMessageInfo.StubType.CIPHERTEXT
}
