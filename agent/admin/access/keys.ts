// Public keys of whoever signs tokens, fetched over HTTP: the known ones outlive an outage, unknown ones are asked for at a bounded pace.

import type { webcrypto } from 'node:crypto'
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose'
import { fetchBounded } from './fetch-bounded.ts'
import { Refusal } from './refusal.ts'

export interface KeySettings {
  /** Least time between two fetches for a key that is not known, and after one that failed, in milliseconds. */
  cooldownMs: number
  /** Keys older than this are fetched anew in the background. */
  refreshMs: number
  /** Keys that nobody has confirmed for so long are no longer believed: they may have been taken back. */
  staleMs: number
  timeoutMs: number
}

const keySettings: KeySettings = {
  cooldownMs: 10_000,
  refreshMs: 10 * 60_000,
  staleMs: 24 * 3_600_000,
  timeoutMs: 5_000,
}

type Remote = ReturnType<typeof createRemoteJWKSet>

export class SigningKeys {
  #locate: () => Promise<URL>
  #settings: KeySettings
  #remote: Remote | null = null
  #opening: Promise<Remote> | null = null
  #failedAt = Number.NEGATIVE_INFINITY
  #confirmedAt = Number.NEGATIVE_INFINITY
  /** Sets that came. */
  #fetched = 0
  #text = ''
  #version = 0

  /** @param locate the address of the key set; it may take a request of its own, and reject */
  constructor(locate: () => Promise<URL>, settings: Partial<KeySettings> = {}) {
    this.#locate = locate
    this.#settings = { ...keySettings, ...settings }
  }

  /** Changes whenever the key set does: what was proven before is to be proven again. */
  get version(): number {
    return this.#version
  }

  /** The key that the header names. Rejects with Refusal `key` or `keys-away`, and with what carries the keys where several have that name. */
  readonly find: JWTVerifyGetKey<webcrypto.CryptoKey> = async (header, token) => {
    const before = this.#fetched
    try {
      const remote = await this.#open()
      const age = Date.now() - this.#confirmedAt
      if (age > this.#settings.staleMs) await remote.reload()
      // Whoever asks now is not kept waiting for what is only a precaution.
      else if (age > this.#settings.refreshMs) remote.reload().catch(() => {})
      return (await remote(header, token)) as webcrypto.CryptoKey
    } catch (cause) {
      const several = cause instanceof errors.JWKSMultipleMatchingKeys
      if (several && header.kid !== undefined) throw cause
      // Only a set that came after the token can say that nobody has its key: another one may be older than the key.
      const none = several || (cause instanceof errors.JWKSNoMatchingKey && this.#fetched > before)
      throw new Refusal(none ? 'key' : 'keys-away', { cause })
    }
  }

  async #open(): Promise<Remote> {
    if (this.#remote) return this.#remote
    this.#refuseSoon()
    this.#opening ??= this.#locate()
      .then((url) => this.#build(url))
      .catch((error) => {
        this.#failedAt = Date.now()
        throw error
      })
      .finally(() => {
        this.#opening = null
      })
    this.#remote = await this.#opening
    return this.#remote
  }

  #build(url: URL): Remote {
    return createRemoteJWKSet(url, {
      timeoutDuration: this.#settings.timeoutMs,
      cooldownDuration: this.#settings.cooldownMs,
      // When they are too old is said above: by itself the library forgets them during an outage.
      cacheMaxAge: Number.POSITIVE_INFINITY,
      [customFetch]: async (address, options) => {
        this.#refuseSoon()
        try {
          const text = await fetchBounded(address, options)
          this.#confirmedAt = Date.now()
          this.#fetched += 1
          if (text !== this.#text) this.#version += 1
          this.#text = text
          return new Response(text)
        } catch (error) {
          this.#failedAt = Date.now()
          throw error
        }
      },
    })
  }

  /** Whoever sends token after token with a key that nobody knows must not make us ask as often. */
  #refuseSoon(): void {
    if (Date.now() - this.#failedAt < this.#settings.cooldownMs)
      throw new Error('the last attempt failed a moment ago')
  }
}
