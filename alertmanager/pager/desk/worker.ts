// The one who sends: takes what is due, the gravest first, a few at once by each channel, and leaves nothing half done that its next start would not find.

import type { Channel, Outcome } from '../channels/channel.ts'
import { beginAttempt } from '../store/attempts.ts'
import { atOnce, longestWaits, tame } from '../store/clock.ts'
import { type Delivery, dueBy, interrupted, nextDue, setEnded, setWaiting } from '../store/deliveries.ts'
import { type ChannelName, channelNames } from '../words.ts'
import { ClockWatch } from './clock-watch.ts'
import { gateOf } from './gate.ts'
import { messageOf } from './message.ts'
import { about, passOver, type SettleParts, settle } from './settle.ts'

/** By one channel at once: a provider that hangs keeps nobody of another channel waiting. */
const AT_ONCE = 8
/** A lost wake-up costs no more than this, in milliseconds. */
const LOOK_AGAIN_MS = 1_000
/** More than ever wait. */
const ALL = 1_000_000
/** Before a store that failed is asked again, in milliseconds. */
const STORE_AGAIN_MS = 500

export interface WorkerParts extends SettleParts {
  channels: readonly Channel[]
  linkKey: Buffer
}

export class Worker {
  #parts: WorkerParts
  #running = new Map<ChannelName, Set<Promise<void>>>()
  #stopping = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #looking: Promise<void> | null = null
  #again = false
  /** Nothing more is begun. */
  #closed = false
  #clock = new ClockWatch()

  constructor(parts: WorkerParts) {
    this.#parts = parts
    for (const { name } of parts.channels) this.#running.set(name, new Set())
  }

  /** Takes up what a dead pager left: nobody knows how its attempts ended. Rejects with StoreError. */
  async start(): Promise<void> {
    const now = Date.now()
    // Of a clock that was set back while nobody was here.
    await tame(this.#parts.sql, longestWaits(this.#parts.config.retries), now)
    for (const delivery of await interrupted(this.#parts.sql)) {
      const ended = { outcome: 'unknown', code: 'killed', providerId: null } as const
      await settle(this.#parts, delivery, ended, now, true)
    }
    // Of a configuration before this one.
    const gone = channelNames.filter((name) => !this.#running.has(name))
    for (const name of gone)
      for (const delivery of await dueBy(this.#parts.sql, name, Number.MAX_SAFE_INTEGER, ALL))
        await passOver(this.#parts, delivery, 'no-channel', now)
    this.wake()
  }

  /** Looks for what is due. */
  wake(): void {
    if (this.#closed) return
    this.#again = true
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null
      if (this.#again) this.wake()
    })
  }

  /** Begins nothing more and waits for what is under way, at most `graceMs`; what is not over by then is taken up at the next start. */
  async stop(graceMs: number): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#again = false
    const cut = setTimeout(() => this.#stopping.abort(), graceMs)
    this.#closed = true
    await this.#looking
    await Promise.allSettled([...this.#running.values()].flatMap((set) => [...set]))
    clearTimeout(cut)
    this.#stopping.abort()
  }

  async #look(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false
      try {
        await this.#lookAtClock()
        for (const channel of this.#parts.channels) await this.#lookBy(channel)
        // What is due already has begun, or waits for one of those that have.
        this.#sleepUntil(await nextDue(this.#parts.sql, Date.now()))
      } catch {
        this.#sleepFor(STORE_AGAIN_MS) // said by the store
      }
    }
  }

  /** What waited for an hour that comes once more is looked at now; whatever has reason to wait goes on waiting. */
  async #lookAtClock(): Promise<void> {
    const { sql, events } = this.#parts
    const backMs = this.#clock.setBackMs()
    if (backMs === 0) return
    await tame(sql, atOnce, Date.now())
    events.tell('clock.set-back', { backMs })
    this.#clock.seen()
  }

  async #lookBy(channel: Channel): Promise<void> {
    const running = this.#running.get(channel.name) as Set<Promise<void>>
    const free = AT_ONCE - running.size
    if (free <= 0) return
    for (const delivery of await dueBy(this.#parts.sql, channel.name, Date.now(), free)) {
      if (this.#closed) return
      await this.#begin(channel, delivery, running)
    }
  }

  /** One after another, so that the second one sees what the first one spent. */
  async #begin(channel: Channel, delivery: Delivery, running: Set<Promise<void>>): Promise<void> {
    const { sql, config, events } = this.#parts
    const now = Date.now()
    const gate = await gateOf(sql, config, delivery, now)
    if (gate.do === 'pass-over') return passOver(this.#parts, delivery, 'budget', now).then(() => this.wake())
    if (gate.do === 'hold') {
      const { until: at } = gate
      const why = 'quiet-hours'
      const held = { course: delivery.course, at, why, error: null } as const
      if (await setWaiting(sql, delivery.id, ['queued', 'held'], held))
        events.tell('delivery.held', { ...about(delivery, channel.name), why, until: at })
      return
    }
    const message = messageOf(config, this.#parts.linkKey, delivery)
    if (message === null) {
      const gone = { state: 'cancelled', now, providerId: null, error: 'no-recipient' } as const
      if (await setEnded(sql, delivery.id, ['queued', 'held'], gone))
        events.tell('delivery.ended', {
          ...about(delivery, channel.name),
          outcome: 'cancelled',
          delayMs: null,
        })
      return
    }
    const course = { ...delivery.course, tries: delivery.course.tries + 1 }
    const tried = { ...delivery, course, attempts: delivery.attempts + 1 }
    if ((await sql.transaction((tx) => beginAttempt(tx, tried, now))) === null) return
    const attempt = this.#attempt(channel, tried, message).finally(() => {
      running.delete(attempt)
      this.wake()
    })
    running.add(attempt)
  }

  async #attempt(
    channel: Channel,
    delivery: Delivery,
    message: NonNullable<ReturnType<typeof messageOf>>,
  ): Promise<void> {
    const startedAt = performance.now()
    const { signal } = this.#stopping
    const ended = await channel.send(message, signal)
    // Nobody knows; the row still says that it is under way, and the next start takes it up.
    if (ended.outcome === 'unknown' && signal.aborted) return
    const ms = Math.round(performance.now() - startedAt)
    const { outcome, code } = ended
    this.#parts.events.tell('delivery.tried', {
      ...about(delivery, channel.name),
      attempt: delivery.attempts,
      outcome,
      code,
      ms,
    })
    await this.#settle(delivery, ended)
  }

  /** A store that is away for a moment must not make an accepted message a second one. */
  async #settle(delivery: Delivery, ended: Outcome): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        return await settle(this.#parts, delivery, ended, Date.now())
      } catch {
        await new Promise<void>((resolve) => setTimeout(resolve, STORE_AGAIN_MS).unref())
      }
    }
  }

  #sleepUntil(at: number | null): void {
    this.#sleepFor(at === null ? LOOK_AGAIN_MS : Math.min(LOOK_AGAIN_MS, Math.max(5, at - Date.now())))
  }

  #sleepFor(ms: number): void {
    if (this.#timer) clearTimeout(this.#timer)
    if (this.#closed) return
    this.#timer = setTimeout(() => this.wake(), ms)
  }
}
