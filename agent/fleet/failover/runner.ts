// Runs failovers from step to step, each step in the store before the next begins: whatever dies in between, the next start goes on from there.

import { setTimeout as sleep } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import type { Bus } from '../../events.ts'
import { openSpan } from '../../telemetry/tracing.ts'
import type { FailoverCause, FailoverKind } from '../../words.ts'
import { Course, type CourseParts } from './course.ts'
import { type Failover, findFailover, openFailovers } from './rows.ts'
import { begin } from './steps.ts'

export interface RunnerParts extends CourseParts {
  bus: Bus
  node: string
}

export interface Asked {
  pool: string
  account: string
  kind: FailoverKind
  cause: FailoverCause
  hard: boolean
  /** The account that is to take over; null for the best. */
  to: string | null
  /** When the fault began, in milliseconds since the epoch. */
  faultAt: number
  who: string
  origin: string
  /** Under which this process holds the account; null where a person asks, who may ask any node. */
  epoch: number | null
}

/** The after-hooks have this long when everything stops, in milliseconds. */
const LAST_WORDS_MS = 1_000
/** How long a step waits before it is written again, when the store is away. */
const AGAIN_MS = 1_000
/** And how seldom that is said. */
const SAY_AGAIN_MS = 60_000

export class Runner {
  #parts: RunnerParts
  #running = new Map<string, Promise<void>>()
  /** Accounts whose failover is being written for the first time. */
  #beginning = new Set<string>()
  #over = new AbortController()
  /** After-hooks under way, and what cuts them off. */
  #telling = new Set<Promise<void>>()
  #silence = new AbortController()
  #course: Course
  /** Stands in what this process has written: several may go on with one failover, and each step is told once. */
  #by = uuidv7()

  constructor(parts: RunnerParts) {
    this.#parts = parts
    this.#course = new Course(parts, this.#over.signal)
  }

  /** Failovers under way here. */
  get size(): number {
    return this.#running.size
  }

  /** Whether the account is being failed over by this process. */
  busy(account: string): boolean {
    return this.#running.has(account) || this.#beginning.has(account)
  }

  /** Begins one; null where one of this account is under way already, or the account is not ours any more. Rejects with StoreError. */
  async start(asked: Asked): Promise<Failover | null> {
    const { account } = asked
    if (this.busy(account)) return null
    this.#beginning.add(account)
    try {
      const f = await this.#begin(asked)
      if (f) return f
      // An answer of the store that got lost: it had been written all the same, and waits for somebody to go on with it.
      const open = await openFailovers(this.#parts.sql, account)
      this.resume(open, () => false)
      return null
    } finally {
      this.#beginning.delete(account)
    }
  }

  async #begin(asked: Asked): Promise<Failover | null> {
    const { sql, node, bus } = this.#parts
    const now = Date.now()
    const { who, origin, hard, to, faultAt, epoch, ...rest } = asked
    const first: Failover = {
      ...rest,
      id: uuidv7(),
      chosen: null,
      state: 'detected',
      open: true,
      node,
      faultAt: Math.min(faultAt, now),
      startedAt: now,
      changedAt: now,
      endedAt: null,
      data: {
        who,
        origin,
        hard,
        to,
        holder: asked.account,
        ranking: [],
        tried: {},
        steps: [{ at: now, state: 'detected' }],
        moved: 0,
        conversations: 0,
        unsure: 0,
        by: this.#by,
      },
    }
    const f = await begin(sql, first, epoch)
    if (!f) return null
    const { id, pool, account, kind, cause } = f
    bus.emit(
      'failover.detected',
      { failover: id, pool, kind, trigger: cause, silentMs: now - f.faultAt },
      { account },
    )
    this.#run(f, false)
    return f
  }

  /**
   * Goes on with what an earlier run of this node left open.
   * @param holds this node has the account now: whoever began it elsewhere will not end it
   */
  resume(open: readonly Failover[], holds: (account: string) => boolean): void {
    for (const f of open)
      if ((f.node === this.#parts.node || holds(f.account)) && !this.#running.has(f.account))
        this.#run(f, true)
  }

  /** Takes no further step; what is open goes on at the next start. */
  async stop(): Promise<void> {
    this.#over.abort()
    await Promise.all(this.#running.values())
    const late = setTimeout(() => this.#silence.abort(), LAST_WORDS_MS)
    await Promise.all(this.#telling)
    clearTimeout(late)
  }

  #run(f: Failover, resumed: boolean): void {
    const running = this.#toTheEnd(f, resumed).finally(() => this.#running.delete(f.account))
    this.#running.set(f.account, running)
  }

  async #toTheEnd(first: Failover, resumed: boolean): Promise<void> {
    const span = openSpan('failover', first.account, { 'linda.cause': first.cause, 'linda.kind': first.kind })
    let f: Failover | null = this.#signed(first)
    let saidAt = Number.NEGATIVE_INFINITY
    while (f?.open && !this.#over.signal.aborted) {
      const before: Failover = this.#signed(f)
      try {
        f = (await this.#course.step(before, resumed)) ?? (await this.#asItStands(before))
      } catch (error) {
        const { id, account } = before
        // A store may be away for hours, and with it everything that is under way.
        if (performance.now() - saidAt >= SAY_AGAIN_MS) {
          saidAt = performance.now()
          this.#parts.bus.emit(
            'failover.stuck',
            { failover: id, detail: (error as Error).message },
            { account },
          )
        }
        await sleep(this.#parts.settings.againMs ?? AGAIN_MS, undefined, { signal: this.#over.signal }).catch(
          () => {},
        )
      }
      const wentOn = f !== null && f.data.steps.length > before.data.steps.length
      if (f && wentOn && this.#isOurs(f)) this.#tell(f)
    }
    span.end(f === null || f.state === 'active' ? undefined : f.state)
    if (f && !f.open && this.#isOurs(f)) this.#after(f)
  }

  #signed(f: Failover): Failover {
    return this.#isOurs(f) ? f : { ...f, data: { ...f.data, by: this.#by } }
  }

  #isOurs({ data }: Failover): boolean {
    return data.by === this.#by
  }

  /**
   * The step was not taken because it had been: by another process, or by this one, which then never heard that it was written. Null where
   * it has vanished.
   */
  async #asItStands(before: Failover): Promise<Failover | null> {
    const f = await findFailover(this.#parts.sql, before.id)
    return f && (f.state !== before.state || f.changedAt !== before.changedAt) ? f : null
  }

  /** It is over, whether or not anybody listens. */
  #after(f: Failover): void {
    const telling: Promise<void> = this.#parts.hooks
      .after(f, this.#silence.signal)
      .finally(() => this.#telling.delete(telling))
    this.#telling.add(telling)
  }

  #tell(f: Failover): void {
    const { bus } = this.#parts
    const { id, pool, account, chosen, kind, cause, state, data } = f
    const { who } = data
    // A clock may be set back meanwhile, and nothing takes less than no time.
    const ms = Math.max(0, f.changedAt - f.startedAt)
    const step = data.steps.at(-1)
    for (const { account, ...change } of step?.modes ?? [])
      bus.emit('account.mode-changed', { ...change, who }, { account })
    bus.emit(
      'failover.step',
      { failover: id, pool, state, to: chosen, ms, note: step?.note ?? null },
      { account },
    )
    if (f.open) return
    const transferred = data.steps.findLast((each) => each.state === 'transferred')
    bus.emit(
      'failover.ended',
      {
        failover: id,
        pool,
        kind,
        trigger: cause,
        outcome: state,
        to: chosen,
        detectMs: f.startedAt - f.faultAt,
        transferMs: transferred ? Math.max(0, transferred.at - f.startedAt) : null,
        ms,
        messages: data.moved,
        conversations: data.conversations,
        unsure: data.unsure,
      },
      { account },
    )
  }
}
