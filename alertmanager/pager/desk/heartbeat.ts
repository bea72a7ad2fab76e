// The alert that always fires: while it comes, somebody outside is told; when it stays away, the pager pages by itself.

import type { Sql } from '../../../agent/store/sql.ts'
import { ask } from '../channels/ask.ts'
import type { PagerConfig } from '../config/schema.ts'
import { type Group, groupOf } from '../decide/group.ts'
import type { Events } from '../events.ts'
import { keepHeartbeat, lastHeartbeat } from '../store/settings.ts'
import { heartbeatLost } from '../texts/page.ts'

/** The address outside is called no more often, and its answer is waited for no longer, in milliseconds. */
const PASS_ON_EVERY_MS = 30_000
const PASS_ON_WITHIN_MS = 10_000

export interface HeartbeatParts {
  sql: Sql
  config: PagerConfig
  events: Events
  accept(receiver: string, group: Group, now: number): Promise<string>
}

export class Heartbeat {
  #parts: HeartbeatParts
  /** By the clock on the wall, for people and for the next life; 0 for never. */
  #heardAt = 0
  // What follows is measured by a clock that nobody sets.
  #heard = Number.NEGATIVE_INFINITY
  /** It is late by this: the pager was not there before. */
  #countsFrom = 0
  #lookedAt = 0
  #saidAt = Number.NEGATIVE_INFINITY
  #passedOnAt = Number.NEGATIVE_INFINITY
  /** When the silence began that is paged, by the clock on the wall. */
  #lostSince: number | null = null
  #timer: NodeJS.Timeout | null = null
  #looking: Promise<void> | null = null
  #stopping = new AbortController()

  constructor(parts: HeartbeatParts) {
    this.#parts = parts
  }

  /** Rejects with StoreError. */
  async start(): Promise<void> {
    const { events, sql, config } = this.#parts
    this.#heardAt = await lastHeartbeat(sql)
    if (this.#heardAt > 0) events.tell('heartbeat.heard', { at: this.#heardAt })
    this.#countsFrom = performance.now()
    this.#lookedAt = this.#countsFrom
    const everyMs = Math.min(5_000, Math.max(100, config.heartbeat.lateAfterMs / 10))
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look(everyMs).finally(() => {
        this.#looking = null
      })
    }, everyMs)
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    this.#stopping.abort()
    await this.#looking
  }

  /** It has come. Rejects with StoreError. */
  async heard(now: number): Promise<void> {
    const { events, sql, config } = this.#parts
    await keepHeartbeat(sql, now)
    this.#heardAt = now
    this.#heard = performance.now()
    events.tell('heartbeat.heard', { at: now })
    if (config.heartbeat.url !== null && this.#heard - this.#passedOnAt >= PASS_ON_EVERY_MS) {
      this.#passedOnAt = this.#heard
      void this.#passOn(config.heartbeat.url)
    }
  }

  async #passOn(url: string): Promise<void> {
    const answer = await ask({ url, method: 'GET' }, PASS_ON_WITHIN_MS, this.#stopping.signal)
    const ok = answer.answered && answer.status >= 200 && answer.status < 300
    const code = answer.answered ? String(answer.status) : answer.code
    // The next one may come at once.
    if (!ok) this.#passedOnAt = Number.NEGATIVE_INFINITY
    this.#parts.events.tell('heartbeat.passed-on', { outcome: ok ? 'ok' : 'failed', code })
  }

  async #look(everyMs: number): Promise<void> {
    const { events, config } = this.#parts
    const { lateAfterMs, receiver } = config.heartbeat
    const now = performance.now()
    const stoodStill = now - this.#lookedAt > everyMs + 1_000
    this.#lookedAt = now
    // Whoever was frozen has heard nobody, and that says nothing of the others.
    if (stoodStill) this.#countsFrom = now
    const silentMs = now - Math.max(this.#heard, this.#countsFrom)
    const wall = Date.now()
    try {
      if (silentMs > lateAfterMs) {
        const cooldownMs = config.receivers[receiver]?.cooldownMs ?? 0
        if (this.#lostSince === null) events.tell('heartbeat.lost', { silentMs })
        else if (now - this.#saidAt <= cooldownMs + everyMs) return
        // From what is kept: a pager that starts again speaks of the same silence.
        this.#lostSince ??= Math.min(wall, (this.#heardAt || wall - silentMs) + lateAfterMs)
        this.#saidAt = now
        await this.#parts.accept(receiver, this.#group('firing', this.#lostSince), wall)
      } else if (this.#lostSince !== null || this.#saidAt === Number.NEGATIVE_INFINITY) {
        // Also once after a start: the page may be one of the life before.
        if (this.#heard < this.#countsFrom) return
        this.#saidAt = now
        const since = this.#lostSince
        await this.#parts.accept(receiver, this.#group('resolved', since ?? wall), wall)
        if (since !== null) events.tell('heartbeat.back', { silentMs: Math.max(0, wall - since) })
        this.#lostSince = null
      }
    } catch {
      this.#saidAt = Number.NEGATIVE_INFINITY // said by the store; the next look tries again
    }
  }

  #group(status: 'firing' | 'resolved', since: number): Group {
    const labels = { alertname: heartbeatLost, severity: 'critical' }
    const annotations = {
      summary: 'Nothing comes from Alertmanager any more.',
      action: 'Look at Prometheus, at Alertmanager and at its route for the heartbeat.',
    }
    const startsAt = new Date(since).toISOString()
    return groupOf(
      {
        version: '4',
        groupKey: 'pager/heartbeat',
        status,
        receiver: this.#parts.config.heartbeat.receiver,
        groupLabels: { alertname: heartbeatLost },
        commonLabels: labels,
        commonAnnotations: annotations,
        alerts: [{ status, labels, annotations, startsAt, fingerprint: 'heartbeat' }],
      },
      '',
    ) as Group
  }
}
