// Inbound messages of one account: each is in the store before anybody handles it, and is counted once, however often WhatsApp repeats it.

import { LRUCache } from 'lru-cache'
import type { About, Bus } from '../events.ts'
import { attributes, openSpan } from '../telemetry/tracing.ts'
import type { Inbound } from './socket.ts'

/** How many ids are remembered; the store remembers more. */
const REMEMBERED = 5_000
/** Messages that may wait for a store that is away; above this the oldest is dropped, and said to be. */
const WAITING = 5_000
const AGAIN_MS = 1_000
/** So many are tried at once; when the store is still away, the others are not tried. */
const AT_A_TIME = 100

export type OnInbound = (account: string, message: Inbound) => void
/** Resolves with true when the message is durably there, with false when it was there before. Rejects with StoreError. */
export type KeepInbound = (account: string, message: Inbound) => Promise<boolean>

/** True when the message is nobody's to keep, count or handle. */
export type Swallow = (account: string, message: Inbound) => boolean

export class Inbox {
  #seen = new LRUCache<string, true>({ max: REMEMBERED })
  /** In the order in which they came. */
  #waiting = new Set<Inbound>()
  #timer: NodeJS.Timeout | undefined
  #bus: Bus
  #about: About
  #handler: OnInbound
  #keep: KeepInbound | undefined
  #swallow: Swallow | undefined

  /** @param keep absent where nothing is stored, as in tests: messages are handled at once */
  constructor(bus: Bus, about: About, handler: OnInbound, keep?: KeepInbound, swallow?: Swallow) {
    this.#bus = bus
    this.#about = about
    this.#handler = handler
    this.#keep = keep
    this.#swallow = swallow
  }

  take(message: Inbound): void {
    if (this.#swallow?.(this.#about.account ?? '', message)) return
    if (this.#seen.has(keyOf(message))) this.#repeated(message)
    else if (this.#keep) {
      this.#seen.set(keyOf(message), true)
      // While others wait for the store it waits behind them: what is first on the wire is handled first.
      if (this.#waiting.size > 0) this.#wait(message, this.#keep, 'others wait already')
      else void this.#store(message, this.#keep)
    } else this.#handle(message)
  }

  undecryptable(messageId: string): void {
    this.#bus.emit('message.undecryptable', { messageId }, this.#about)
  }

  async #store(message: Inbound, keep: KeepInbound): Promise<void> {
    try {
      this.#kept(message, await keep(this.#about.account ?? '', message))
    } catch (error) {
      this.#wait(message, keep, (error as Error).message)
    }
  }

  #kept(message: Inbound, isNew: boolean): void {
    if (isNew) this.#handle(message)
    else this.#repeated(message)
  }

  /** WhatsApp has been told that it was received and will not send it again: it is ours to keep trying. */
  #wait(message: Inbound, keep: KeepInbound, detail: string): void {
    this.#unkept(message, 'store', detail)
    this.#waiting.add(message)
    const [oldest] = this.#waiting
    if (oldest && this.#waiting.size > WAITING) {
      this.#waiting.delete(oldest)
      this.#unkept(oldest, 'full', detail)
      // Should WhatsApp repeat it after all, it is welcome.
      this.#seen.delete(keyOf(oldest))
    }
    this.#timer ??= this.#later(keep)
  }

  #later(keep: KeepInbound): NodeJS.Timeout {
    const timer = setTimeout(() => void this.#again(keep), AGAIN_MS)
    // A store that never comes back does not keep the process from ending.
    timer.unref()
    return timer
  }

  /** The oldest first, until none of them is taken. What comes meanwhile stands behind them, and they in front of what cannot be kept. */
  async #again(keep: KeepInbound): Promise<void> {
    let lastTaken = 0
    while (this.#waiting.size > 0 && lastTaken >= 0) {
      const some = [...this.#waiting].slice(0, AT_A_TIME)
      const outcomes = await Promise.allSettled(
        some.map((message) => keep(this.#about.account ?? '', message)),
      )
      for (const [i, message] of some.entries()) {
        const outcome = outcomes[i]
        if (outcome?.status === 'fulfilled' && this.#waiting.delete(message))
          this.#kept(message, outcome.value)
      }
      lastTaken = outcomes.findLastIndex(({ status }) => status === 'fulfilled')
      // What the store did not take although it took others after it must not stand in the way of everybody.
      for (const message of some.slice(0, Math.max(0, lastTaken)))
        if (this.#waiting.delete(message)) this.#waiting.add(message)
    }
    this.#timer = this.#waiting.size > 0 ? this.#later(keep) : undefined
  }

  #unkept({ messageId }: Inbound, why: 'store' | 'full', detail: string): void {
    this.#bus.emit('message.unkept', { messageId, why, detail }, this.#about)
  }

  #repeated({ messageId }: Inbound): void {
    this.#bus.emit('session.trapped', { trap: 'duplicate-inbound', detail: messageId }, this.#about)
  }

  #handle(message: Inbound): void {
    const { messageId, offline } = message
    const account = this.#about.account ?? ''
    const span = openSpan('receive', account, {
      [attributes.operation]: 'process',
      [attributes.messageId]: messageId,
    })
    this.#bus.emit('message.received', { messageId, offline }, { ...this.#about, trace: span.trace })
    try {
      this.#handler(account, message)
      // Only now: what a handler could not take may be handed to it again.
      this.#seen.set(keyOf(message), true)
      span.end()
    } catch (error) {
      const detail = (error as Error).message
      span.end(detail)
      this.#bus.emit('message.handler-failed', { messageId, detail }, { ...this.#about, trace: span.trace })
    }
  }
}

const keyOf = ({ from, messageId }: Inbound): string => `${from}/${messageId}`
