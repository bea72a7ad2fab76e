// Delivers to one webhook: as many lanes at once as it allows, one delivery of a lane at a time, until it is stopped.

import type { Bus } from '../events.ts'
import type { Cipher } from '../store/cipher.ts'
import type { Sql } from '../store/sql.ts'
import { attributes, openSpan } from '../telemetry/tracing.ts'
import { beforeSending } from './before-sending.ts'
import { type Claimed, claim, type Ended, type Taken } from './claim.ts'
import { placeOf, scopeOf } from './enqueue.ts'
import { hurry } from './hurry.ts'
import { type Pace, paceOf } from './pace.ts'
import { post } from './post.ts'
import type { Settings } from './settings.ts'
import { Settler } from './settler.ts'
import type { Target } from './target.ts'
import { type Told, tell } from './tell.ts'
import { judge, type Outcome } from './verdict.ts'

export interface DelivererParts {
  sql: Sql
  cipher: Cipher
  bus: Bus
  random(): number
  settings: Settings
}

export class Deliverer {
  readonly #target: Target
  readonly #parts: DelivererParts
  readonly #running = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  readonly #settler: Settler
  #timer: NodeJS.Timeout | null = null
  #looking: Promise<void> | null = null
  #lookAgain = false
  #failuresInARow = 0
  #quietUntil = 0
  #freshTurn = false
  #hurryFrom = 0

  constructor(target: Target, parts: DelivererParts) {
    this.#target = target
    this.#parts = parts
    this.#settler = new Settler(parts.sql, parts.settings.settleAgainMs, this.#stopping.signal)
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), this.#parts.settings.pollMs)
    this.#timer.unref()
    this.wake()
  }

  /** Looks for work, soon. Costs next to nothing when it is called often. */
  wake(): void {
    if (this.#stopping.signal.aborted || this.#timer === null) return
    this.#lookAgain = true
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null
      if (this.#lookAgain) this.wake()
    })
  }

  /** Begins nothing more, ends what is under way within a moment, and gives back what is not over by then. Never rejects. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    await this.#looking
    const cut = setTimeout(() => this.#stopping.abort(), this.#parts.settings.stopGraceMs)
    await Promise.allSettled(this.#running)
    clearTimeout(cut)
    this.#stopping.abort()
  }

  async #look(): Promise<void> {
    while (this.#lookAgain && this.#timer !== null) {
      this.#lookAgain = false
      const { concurrency, pauseMs, down } = this.#pace()
      const free = concurrency - this.#running.size
      if (free <= 0 || performance.now() < this.#quietUntil) return
      this.#quietUntil = performance.now() + pauseMs
      // Whatever ends looks again: there is room then.
      for (const claimed of await this.#take(free, down)) this.#begin(claimed)
    }
  }

  #pace(): Pace {
    return paceOf(this.#target.concurrency, this.#failuresInARow, this.#parts.settings.slowMs)
  }

  /** While it is down, every second turn is for a lane that has not failed: those that always fail do not hold it up for long. */
  async #take(count: number, down: boolean): Promise<Claimed[]> {
    this.#freshTurn = down && !this.#freshTurn
    const fresh = this.#freshTurn ? await this.#claim(count, true) : []
    return fresh.length > 0 ? fresh : this.#claim(count, false)
  }

  async #claim(count: number, fresh: boolean): Promise<Claimed[]> {
    const { sql, settings } = this.#parts
    const { id, timeoutMs } = this.#target
    const now = Date.now()
    let taken: Taken
    try {
      taken = await claim(sql, {
        webhook: id,
        count,
        now,
        holdMs: timeoutMs + settings.holdMoreMs,
        fresh,
        before: (head) => beforeSending(head, this.#target, now, settings),
      })
    } catch {
      return [] // said by the store; the next poll asks again
    }
    // Their lanes have other heads now.
    if (taken.unsent.length > 0) this.#lookAgain = true
    for (const unsent of taken.unsent) this.#tellUnsent(unsent)
    return taken.claimed
  }

  #tellUnsent({ claimed: { id, webhook, attempts }, verdict }: Ended): void {
    if (verdict.state !== 'dead') return
    const { why, error: detail } = verdict
    this.#parts.bus.emit('webhook.dead', { webhook, why, count: 1, delivery: id, attempts, ms: null, detail })
  }

  #begin(claimed: Claimed): void {
    const running = this.#deliver(claimed).finally(() => {
      this.#running.delete(running)
      this.wake()
    })
    this.#running.add(running)
  }

  async #deliver(claimed: Claimed): Promise<void> {
    const startedAt = performance.now()
    const { signal } = this.#stopping
    const { outcome, told, span } = await this.#attempt(claimed, signal)
    const ms = performance.now() - startedAt
    // Nobody knows how that would have ended: it was not the webhook's failure.
    if (outcome.kind === 'failed' && signal.aborted) {
      span?.end('stopped')
      const error = 'the agent stopped'
      await this.#settler.settle(claimed, { state: 'queued', nextAt: Date.now(), error, uncounted: true })
      return
    }
    const { random, settings } = this.#parts
    const verdict = judge(outcome, claimed, Date.now(), random(), settings)
    const recovers = verdict.state === 'delivered' && this.#pace().down
    this.#failuresInARow = verdict.state === 'delivered' ? 0 : this.#failuresInARow + 1
    span?.end(verdict.state === 'delivered' ? undefined : verdict.error)
    if (await this.#settler.settle(claimed, verdict)) tell(this.#parts.bus, { ...told, ms }, verdict)
    if (recovers) await this.#hurry()
  }

  /** What failed while it was down would wait for up to an hour. */
  async #hurry(): Promise<void> {
    const now = performance.now()
    if (now < this.#hurryFrom) return
    this.#hurryFrom = now + this.#parts.settings.hurryEveryMs
    // Said by the store; the lanes come in their own time then.
    await hurry(this.#parts.sql, this.#target.id, null, Date.now()).catch(() => {})
  }

  async #attempt(
    claimed: Claimed,
    signal: AbortSignal,
  ): Promise<{ outcome: Outcome; told: Omit<Told, 'ms'>; span: ReturnType<typeof openSpan> | null }> {
    const { id, attempts, payload, webhook } = claimed
    const told = { webhook, delivery: id, attempts, ageMs: Date.now() - claimed.createdAt }
    let body: Uint8Array
    let account: string | null
    try {
      body = await this.#parts.cipher.open(scopeOf(webhook), placeOf(id), payload)
      account = (JSON.parse(Buffer.from(body).toString()) as { account: string | null }).account
    } catch {
      return { outcome: { kind: 'failed', detail: 'cannot be opened' }, told, span: null }
    }
    const span = openSpan('deliver', account ?? '', {
      [attributes.webhook]: webhook,
      [attributes.attempt]: attempts,
    })
    const outcome = await post(this.#target, { id, attempt: attempts, body }, signal)
    span.set({
      [attributes.outcome]: outcome.kind === 'answered' ? `http ${outcome.status}` : outcome.detail,
    })
    return { outcome, told: { ...told, account, trace: span.trace }, span }
  }
}
