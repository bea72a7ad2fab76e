// Inbound messages of one account, each counted once: WhatsApp repeats what it believes unreceived.

import { LRUCache } from 'lru-cache'
import type { About, Bus } from '../events.ts'
import { attributes, openSpan } from '../telemetry/tracing.ts'
import type { Inbound } from './socket.ts'

/** How many ids are remembered; a repeat of something older is counted again. */
const REMEMBERED = 5_000

export type OnInbound = (account: string, message: Inbound) => void

export class Inbox {
  #seen = new LRUCache<string, true>({ max: REMEMBERED })
  #bus: Bus
  #about: About
  #handler: OnInbound

  constructor(bus: Bus, about: About, handler: OnInbound) {
    this.#bus = bus
    this.#about = about
    this.#handler = handler
  }

  take(message: Inbound): void {
    const { messageId, offline } = message
    const key = `${message.from}/${messageId}`
    if (this.#seen.has(key)) {
      this.#bus.emit('session.trapped', { trap: 'duplicate-inbound', detail: messageId }, this.#about)
      return
    }
    const account = this.#about.account ?? ''
    const span = openSpan('receive', account, {
      [attributes.operation]: 'process',
      [attributes.messageId]: messageId,
    })
    this.#bus.emit('message.received', { messageId, offline }, { ...this.#about, trace: span.trace })
    try {
      this.#handler(account, message)
      // Only now: what a handler could not take may be handed to it again.
      this.#seen.set(key, true)
      span.end()
    } catch (error) {
      const detail = (error as Error).message
      span.end(detail)
      this.#bus.emit('message.handler-failed', { messageId, detail }, { ...this.#about, trace: span.trace })
    }
  }

  undecryptable(messageId: string): void {
    this.#bus.emit('message.undecryptable', { messageId }, this.#about)
  }
}
