// A ciphertext is decrypted once: what it made is written with the ratchet that it moved, and a repeat of it is answered from there.

import { createHash } from 'node:crypto'
import type {
  BinaryNode,
  SignalDataSet,
  SignalKeyStoreWithTransaction,
  SocketConfig,
} from '@whiskeysockets/baileys'
import type { StoredAuth } from '../auth-state.ts'
import { gatherIn } from './gather.ts'
import { announced, nameOf } from './stanza.ts'

type Repository = ReturnType<SocketConfig['makeSignalRepository']>
type Decrypt = () => Promise<{ result: Uint8Array; changes: SignalDataSet }>

/** What libsignal and the library's sender keys say of a ciphertext whose key is gone. */
const usedUp = /Key used already or never filled|Received message with old counter/

export interface OnceListener {
  /** False when the connection is over: what is decrypted from then on could not be acknowledged. */
  live(): boolean
  /** Something is in the store, and the library may or may not get as far as handing it on. */
  opened(): void
  /** The store cannot take it, or the account is somebody else's: nothing may be acknowledged. */
  unwritten(error: unknown): void
  /** It was decrypted at some time and nobody knows any longer what it was. */
  usedUp(messageId: string): void
}

/**
 * The library decrypts, sends its receipt and only then hands on, all of it bound to one connection. A connection or a process that ends
 * in between has used up the key: the server repeats the message, and the library refuses it as a key used twice. Here the plaintext
 * outlives both.
 */
export class DecryptOnce {
  #auth: StoredAuth
  #to: OnceListener
  /** Which message a ciphertext belongs to, by the very bytes that the library passes on. */
  #stanzas = new WeakMap<Uint8Array, Record<string, string>>()

  constructor(auth: StoredAuth, to: OnceListener) {
    this.#auth = auth
    this.#to = to
  }

  /** Has to hear of a message before the library decrypts it. */
  heard({ attrs, content }: BinaryNode): void {
    if (!Array.isArray(content)) return
    for (const part of content)
      if (part.tag === 'enc' && part.content instanceof Uint8Array) this.#stanzas.set(part.content, attrs)
  }

  /** @param keys of which each transaction is a turn */
  guard(repository: Repository, keys: SignalKeyStoreWithTransaction): Repository {
    const gather = gatherIn(keys)
    const { decrypted } = this.#auth
    const once = (ciphertext: Uint8Array, decrypt: () => Promise<Uint8Array>): Promise<Uint8Array> => {
      const turn = async (): Promise<Uint8Array> => this.#once(ciphertext, () => gather(decrypt), keys)
      return decrypted.during(keys.transaction(turn, 'decrypt'))
    }
    const { decryptMessage, decryptGroupMessage } = repository
    repository.decryptMessage = (what) => once(what.ciphertext, () => decryptMessage(what))
    repository.decryptGroupMessage = (what) => once(what.msg, () => decryptGroupMessage(what))
    return repository
  }

  async #once(
    ciphertext: Uint8Array,
    decrypt: Decrypt,
    keys: SignalKeyStoreWithTransaction,
  ): Promise<Uint8Array> {
    if (!this.#to.live()) throw new Error('the connection is over')
    const attrs = this.#stanzas.get(ciphertext)
    // Of no message that the server sent: nobody will repeat it either.
    if (!attrs) {
      const { result, changes } = await decrypt()
      await keys.set(changes)
      return result
    }
    const { id, lid } = this.#auth.creds.me ?? {}
    const said = { attrs, me: id ?? null, meLid: lid ?? null }
    const message = nameOf(announced(said).key)
    const hash = createHash('sha256').update(ciphertext).digest('hex')
    const { decrypted } = this.#auth
    const known = await this.#written(() => decrypted.recall(hash, message))
    if (known) return known
    const { result: plain, changes } = await decrypt().catch((error: Error) => {
      if (usedUp.test(error.message) && !decrypted.isKept(message)) this.#to.usedUp(attrs.id ?? '')
      throw error
    })
    await this.#written(() => this.#auth.setOpened(changes, hash, { ...said, message, plain }))
    this.#to.opened()
    return plain
  }

  async #written<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      this.#to.unwritten(error)
      throw error
    }
  }
}
