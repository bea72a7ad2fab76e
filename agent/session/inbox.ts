// Inbound messages of one account: each is in the store before anybody handles it, and is counted once, however often WhatsApp repeats it.

import { LRUCache } from 'lru-cache'
import type { About, Bus } from '../events.ts'
import { attributes, openSpan } from '../telemetry/tracing.ts'
import type { Handing, Inbound } from './socket.ts'
import { authorOf, chatOf } from './writer.ts'

/** How many ids are remembered; the store remembers more. */
const REMEMBERED = 5_000
/** Messages that may wait for a store that is away; above this the oldest is dropped, and said to be. */
const WAITING = 5_000
const AGAIN_MS = 1_000
/** So many are tried at once; when the store takes none of them, the others are not tried. */
const AT_A_TIME = 100

export type OnInbound = (account: string, message: Inbound) => void
/** Resolves with true when the message is durably there, with false when it was there before. Rejects with StoreError. */
export type KeepInbound = (account: string, message: Inbound) => Promise<boolean>

/** One that the store has not taken in so many rounds in which it took others lets its chat pass. */
const ROUNDS = 20

interface Waiting {
  message: Inbound
  /** Messages of one line go into the store one after the other. */
  line: string
  /** Rounds in which the store took others and not this one. */
  refused: number
  told: boolean
  /** Who handed on the latest repeat meanwhile: they all want to know the same, and a store may be away for hours. */
  joined: Handing | null
}

/** True when the message is nobody's to keep, count or handle. */
export type Swallow = (account: string, message: Inbound) => boolean

export class Inbox {
  #seen = new LRUCache<string, true>({ max: REMEMBERED })
  /** In the order in which they came. */
  #waiting = new Set<Waiting>()
  #waitingBy = new Map<string, Waiting>()
  /** Who wants to know when it is kept. */
  #handings = new WeakMap<Inbound, Handing>()
  /** While messages are on their way into the store. */
  #storing: Promise<void> | null = null
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

  take(message: Inbound, handing?: Handing): void {
    if (this.#swallow?.(this.#about.account ?? '', message)) {
      handing?.kept(true)
      return
    }
    if (handing) this.#handings.set(message, handing)
    const waits = this.#waitingBy.get(keyOf(message))
    if (waits || this.#seen.has(keyOf(message))) {
      this.#repeated(message)
      if (!handing) return
      if (waits) waits.joined = handing
      else handing.kept(false)
    } else if (this.#keep) {
      this.#seen.set(keyOf(message), true)
      this.#wait(message, this.#keep)
    } else {
      this.#handle(message)
      handing?.kept(true)
    }
  }

  /** Resolves when all that came is in the store or waits for one that is away. Never rejects. */
  async flush(): Promise<void> {
    while (this.#storing !== null) await this.#storing
  }

  undecryptable(messageId: string): void {
    this.#bus.emit('message.undecryptable', { messageId }, this.#about)
  }

  #kept({ message, joined }: Waiting, isNew: boolean): void {
    if (isNew) this.#handle(message)
    else this.#repeated(message)
    this.#handings.get(message)?.kept(isNew)
    joined?.kept(false)
  }

  /** WhatsApp has been told that it was received and will not send it again: it is ours to keep trying. */
  #wait(message: Inbound, keep: KeepInbound): void {
    const each: Waiting = { message, line: chatOf(message), refused: 0, told: false, joined: null }
    this.#waiting.add(each)
    this.#waitingBy.set(keyOf(message), each)
    if (this.#timer) this.#late(each, 'others wait already')
    const [oldest] = this.#waiting
    if (oldest && this.#waiting.size > WAITING) {
      this.#taken(oldest)
      this.#unkept(oldest.message, 'full', 'too many wait')
      // Should WhatsApp repeat it after all, it is welcome.
      this.#seen.delete(keyOf(oldest.message))
    }
    if (!this.#timer) this.#store(keep)
  }

  #store(keep: KeepInbound): void {
    if (this.#storing) return
    this.#storing = this.#rounds(keep).then((tookAll) => {
      this.#storing = null
      if (this.#waiting.size === 0) return
      if (tookAll) return this.#store(keep)
      this.#timer = setTimeout(() => {
        this.#timer = undefined
        this.#store(keep)
      }, AGAIN_MS)
      // A store that never comes back does not keep the process from ending.
      this.#timer.unref()
    })
  }

  /**
   * The first of each chat, again and again, until the store takes none of them: what is first on the wire is stored and handled first, also
   * where one transaction fails and the next one does not. Answers whether it took all that were tried.
   */
  async #rounds(keep: KeepInbound): Promise<boolean> {
    const failed = new Set<string>()
    for (let took = true; took; ) {
      const heads = this.#heads(failed)
      const outcomes = await Promise.allSettled(
        heads.map(async ({ message }) => keep(this.#about.account ?? '', message)),
      )
      took = outcomes.some(({ status }) => status === 'fulfilled')
      for (const [i, each] of heads.entries()) {
        const outcome = outcomes[i] as PromiseSettledResult<boolean>
        if (outcome.status === 'fulfilled') {
          if (this.#taken(each)) this.#kept(each, outcome.value)
          continue
        }
        failed.add(each.line)
        this.#late(each, (outcome.reason as Error).message)
        if (took) each.refused += 1
        // It is not the store that is away: what cannot be kept must not stand in the way of everything after it.
        if (each.refused >= ROUNDS) each.line = `${each.line}/${each.message.messageId}`
      }
    }
    return failed.size === 0
  }

  /** False where it does not wait any more. */
  #taken(each: Waiting): boolean {
    const key = keyOf(each.message)
    // One that was dropped may have come again, and that one waits.
    if (this.#waitingBy.get(key) === each) this.#waitingBy.delete(key)
    return this.#waiting.delete(each)
  }

  #heads(failed: ReadonlySet<string>): Waiting[] {
    const lines = new Set(failed)
    const heads: Waiting[] = []
    for (const each of this.#waiting) {
      if (heads.length === AT_A_TIME) break
      if (!lines.has(each.line)) heads.push(each)
      lines.add(each.line)
    }
    return heads
  }

  #late(each: Waiting, detail: string): void {
    if (!each.told) this.#unkept(each.message, 'store', detail)
    each.told = true
  }

  #unkept({ messageId }: Inbound, why: 'store' | 'full', detail: string): void {
    this.#bus.emit('message.unkept', { messageId, why, detail }, this.#about)
  }

  #repeated(message: Inbound): void {
    if (this.#handings.get(message)?.again) return
    const { messageId } = message
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

const keyOf = (message: Inbound): string => `${authorOf(message)}/${message.messageId}`
