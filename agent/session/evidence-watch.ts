// Watches one open connection for signs of life and says once when they have stopped, whatever the library believes.

import type { About, Bus } from '../events.ts'
import { afterQuiet } from '../late.ts'
import type { Reason, Suspicion } from '../words.ts'
import { assess, type Evidence, isFresh, type LivenessPolicy } from './liveness.ts'

export interface WatchSettings extends LivenessPolicy {
  probeDeadlineMs: number
}

export interface Watched {
  ping(deadlineMs: number): Promise<void>
}

/** Words for the end: `stalled` or `acks-withheld`, with the silence in milliseconds. */
export type OnDead = (reason: Reason & ('stalled' | 'acks-withheld'), silentMs: number) => void

export class EvidenceWatch {
  #evidence: Evidence
  /** When each was written, the oldest first. */
  #awaited = new Map<string, number>()
  /** Those of them that were written after the last acknowledgement. */
  #unanswered = new Map<string, number>()
  #cancelLook: () => void = () => {}
  #over = false
  /** Under way. */
  #probe: Promise<boolean> | null = null
  #nextLookAt = Date.now()
  #socket: Watched
  #settings: WatchSettings
  #bus: Bus
  #about: About
  #onDead: OnDead

  constructor(socket: Watched, settings: WatchSettings, bus: Bus, about: About, onDead: OnDead) {
    const now = performance.now()
    this.#evidence = {
      lastFrameAt: now,
      lastPongAt: now,
      oldestUnackedAt: null,
      unanswered: 0,
      unansweredSince: null,
      probing: false,
    }
    this.#socket = socket
    this.#settings = settings
    this.#bus = bus
    this.#about = about
    this.#onDead = onDead
    this.#look()
  }

  get fresh(): boolean {
    return (
      !this.#over &&
      isFresh(performance.now(), this.#evidence.lastFrameAt, this.#settings, this.#settings.probeDeadlineMs)
    )
  }

  /** Messages written since the last acknowledgement, and for how long the first of them has waited (milliseconds). */
  get withheld(): { count: number; ms: number } {
    const { unanswered, unansweredSince } = this.#evidence
    return { count: unanswered, ms: unansweredSince === null ? 0 : performance.now() - unansweredSince }
  }

  /** Milliseconds since the epoch. */
  get nextLookAt(): number {
    return this.#nextLookAt
  }

  frame(): void {
    this.#evidence.lastFrameAt = performance.now()
  }

  /** A message is on its way and its acknowledgement is awaited. */
  awaits(messageId: string): void {
    const now = performance.now()
    for (const known of [this.#awaited, this.#unanswered]) {
      // Written again, it is a new question.
      known.delete(messageId)
      known.set(messageId, now)
    }
    this.#recount()
    // The first unacknowledged message shortens the time to the next look.
    if (this.#awaited.size === 1) this.#look()
  }

  /** Its acknowledgement, or its refusal, arrived. */
  answered(messageId: string): void {
    this.#awaited.delete(messageId)
    this.#unanswered.clear()
    this.#recount()
  }

  /** Nobody awaits it any more; says nothing about the server. */
  abandoned(messageId: string): void {
    this.#unanswered.delete(messageId)
    if (this.#awaited.delete(messageId)) this.#recount()
  }

  stop(): void {
    this.#over = true
    this.#cancelLook()
  }

  /**
   * Asks the server for a sign of life. Any frame counts, not only the pong: a server that ignores pings and delivers
   * messages is alive. Silence until the deadline is the end. Who asks while somebody else does gets the same answer: one ping at a time.
   * @returns whether the session is alive
   */
  probe(suspicion: Suspicion): Promise<boolean> {
    if (this.#probe) return this.#probe
    const probe = this.#ask(suspicion).finally(() => {
      if (this.#probe === probe) this.#probe = null
    })
    this.#probe = probe
    return probe
  }

  async #ask(suspicion: Suspicion): Promise<boolean> {
    const { probeDeadlineMs } = this.#settings
    const startedAt = performance.now()
    const silentMs = Math.round(startedAt - this.#evidence.lastFrameAt)
    this.#bus.emit('session.suspected', { suspicion, silentMs }, this.#about)
    this.#evidence.probing = true
    let outcome: 'ok' | 'timeout' | 'error' = 'ok'
    try {
      await withDeadline(this.#socket.ping(probeDeadlineMs), probeDeadlineMs)
    } catch (error) {
      outcome =
        error instanceof DeadlineError || /no pong|timed? ?out/i.test(String(error)) ? 'timeout' : 'error'
    }
    this.#evidence.probing = false
    // Here and not at its end: the look at what was found may have to ask once more.
    this.#probe = null
    if (this.#over) return false
    const now = performance.now()
    this.#bus.emit('session.probed', { suspicion, outcome, ms: now - startedAt }, this.#about)
    const alive = outcome === 'ok' || this.#evidence.lastFrameAt > startedAt
    if (alive) {
      this.#evidence.lastPongAt = now
      // A pong is a frame, also where the socket does not report it as one: otherwise the next look would ask again at once.
      if (outcome === 'ok') this.#evidence.lastFrameAt = now
      this.#look()
    } else this.#die('stalled', Math.round(now - this.#evidence.lastFrameAt))
    return alive
  }

  #look(): void {
    this.#cancelLook()
    if (this.#over) return
    const now = performance.now()
    const said = assess(now, this.#evidence, this.#settings)
    if (said.verdict === 'acks-withheld') this.#die('acks-withheld', Math.round(said.overdueMs))
    else if (said.verdict === 'suspect') void this.probe(said.suspicion)
    else {
      this.#nextLookAt = Date.now() + said.lookInMs
      this.#cancelLook = afterQuiet(said.lookInMs, () => this.#look())
    }
  }

  #die(reason: 'stalled' | 'acks-withheld', silentMs: number): void {
    this.stop()
    this.#bus.emit('session.evidence-lost', { reason, silentMs }, this.#about)
    this.#onDead(reason, silentMs)
  }

  #recount(): void {
    // A Map keeps the order of insertion: its first entry is the oldest.
    this.#evidence.oldestUnackedAt = this.#awaited.values().next().value ?? null
    this.#evidence.unanswered = this.#unanswered.size
    this.#evidence.unansweredSince = this.#unanswered.values().next().value ?? null
  }
}

class DeadlineError extends Error {}

/** Rejects with DeadlineError when the promise takes longer; the library's own timers may be late or missing. */
async function withDeadline(promise: Promise<void>, ms: number): Promise<void> {
  const { promise: deadline, reject } = Promise.withResolvers<never>()
  const cancel = afterQuiet(ms, () => reject(new DeadlineError(`nothing within ${ms} ms`)))
  try {
    await Promise.race([promise, deadline])
  } finally {
    cancel()
  }
}
