// Changes of state and score go to Grafana's live stream within a second, a few requests a second at most; what Grafana does costs no message anything.

import type { Bus } from '../../events.ts'
import { Latest, pointOfScore, pointOfState } from './latest.ts'
import { type PushTarget, push } from './push.ts'

export interface LiveSettings {
  /** Between the beginnings of two requests. */
  intervalMs: number
  /** Points in one request. */
  most: number
  /** Points kept in all. */
  limit: number
  /** How often everything is told again. */
  againMs: number
  /** The first delay after a failure; it doubles up to the cap. */
  retryMs: number
  retryCapMs: number
}

export const liveSettings: LiveSettings = {
  intervalMs: 250,
  most: 1_000,
  limit: 20_000,
  againMs: 30_000,
  retryMs: 1_000,
  retryCapMs: 60_000,
}

export class GrafanaLive {
  readonly #bus: Bus
  readonly #target: PushTarget
  readonly #settings: LiveSettings
  readonly #random: () => number
  readonly #latest: Latest
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #again: NodeJS.Timeout | undefined
  #busy: Promise<void> | null = null
  #nextAt = 0
  #failures = 0

  /** @param random uniform in [0, 1), for the delay after a failure */
  constructor(bus: Bus, target: PushTarget, random: () => number, settings: Partial<LiveSettings> = {}) {
    this.#bus = bus
    this.#target = target
    this.#random = random
    this.#settings = { ...liveSettings, ...settings }
    this.#latest = new Latest(this.#settings.limit)
  }

  /** Listens from now on. Answers the function that ends it, which waits for no answer of Grafana. */
  start(): () => Promise<void> {
    const heard = [
      this.#bus.on('session.state-changed', (event) => {
        if (event.reason === 'fenced' && event.account !== undefined) this.#latest.cede(event.account)
        else this.#put(event.account, pointOfState(event))
      }),
      this.#bus.on('health.scored', (event) => this.#put(event.account, pointOfScore(event))),
      this.#bus.on('store.write-fenced', ({ account }) => {
        if (account !== undefined) this.#latest.cede(account)
      }),
      this.#bus.on('account.listed', ({ account, what }) => {
        if (what === 'retired' && account !== undefined) this.#latest.forget(account)
      }),
    ]
    this.#again = setInterval(() => {
      this.#latest.again(Date.now(), performance.now())
      this.#schedule()
    }, this.#settings.againMs).unref()
    return async () => {
      for (const unsubscribe of heard) unsubscribe()
      clearInterval(this.#again)
      clearTimeout(this.#timer)
      this.#stopping.abort()
      await this.#busy
    }
  }

  #put(account: string | undefined, point: ReturnType<typeof pointOfScore>): void {
    if (account === undefined || point === null) return
    if (!this.#latest.put(account, point, performance.now()))
      this.#bus.emit('grafana.dropped', { count: 1, why: 'full', detail: null })
    this.#schedule()
  }

  #schedule(): void {
    if (this.#timer || this.#busy || this.#latest.waiting === 0 || this.#stopping.signal.aborted) return
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        this.#busy = this.#send().finally(() => {
          this.#busy = null
          this.#schedule()
        })
      },
      Math.max(0, this.#nextAt - performance.now()),
    ).unref()
  }

  async #send(): Promise<void> {
    const { intervalMs, most } = this.#settings
    const startedAt = performance.now()
    const batch = this.#latest.take(most)
    const { outcome, ...why } = await push(this.#target, batch.points, this.#stopping.signal)
    if (this.#stopping.signal.aborted) return
    const count = batch.points.length
    const detail = 'detail' in why ? why.detail : ''
    this.#nextAt = startedAt + intervalMs
    if (outcome === 'failed') {
      this.#latest.giveBack(batch)
      const retryMs = this.#delay()
      this.#nextAt = performance.now() + retryMs
      this.#bus.emit('grafana.push-failed', { detail, waiting: this.#latest.waiting, retryMs })
      return
    }
    this.#failures = 0
    if (outcome === 'refused') this.#bus.emit('grafana.dropped', { count, why: 'refused', detail })
    else this.#bus.emit('grafana.pushed', { count, ms: Math.round(performance.now() - batch.since) })
  }

  /** Half of it is chance, so that many agents do not come back to Grafana at one moment. */
  #delay(): number {
    const { retryMs, retryCapMs } = this.#settings
    const whole = Math.min(retryCapMs, retryMs * 2 ** Math.min(this.#failures, 30))
    this.#failures += 1
    return Math.round(whole * (0.5 + 0.5 * this.#random()))
  }
}
