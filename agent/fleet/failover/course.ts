// What each step of a failover does: fence, find somebody who lives, hand over, and make sure; or give it back, or park it.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Tell } from '../../outbox/transfer.ts'
import type { Candidate } from '../../routing/candidate.ts'
import type { Sql } from '../../store/sql.ts'
import type { Damping } from './damping.ts'
import type { Hooks } from './hooks.ts'
import { type Plan, planFailover } from './plan.ts'
import type { Failover } from './rows.ts'
import {
  choose,
  draining,
  fence,
  finish,
  type Handing,
  handOver,
  park,
  rollBack,
  toActivating,
} from './steps.ts'

export interface CourseParts {
  sql: Sql
  /** The accounts of a pool as they are now, on every node. */
  candidates(pool: string): readonly Candidate[]
  /** Asks the account for a sign of life now. */
  alive(account: string): Promise<boolean>
  /** The modes were changed in the store: resolves when everything here goes by them. Rejects with StoreError. */
  modesChanged(): Promise<void>
  /** The account may have something to send. */
  wake(account: string): void
  hooks: Hooks
  /** Tells webhooks of messages that are parked, in the transaction that parks them. */
  tell?: Tell | undefined
  settings: {
    activationMs: number
    drainMs: number
    graceMs: number
    damping: Damping & { forgetAfterMs: number }
    /** Of tests: how long is looked for somebody who may take over, and how long a step waits that could not be written. */
    chooseMs?: number
    againMs?: number
  }
}

/** How long is looked for somebody who may take over, and after a restart, when all are still connecting (milliseconds). */
const CHOOSE_MS = 3_000
const CHOOSE_AFTER_RESTART_MS = 60_000
const LOOK_AGAIN_MS = 250

export class Course {
  #parts: CourseParts
  #over: AbortSignal

  /** @param over no further step is taken once it is aborted */
  constructor(parts: CourseParts, over: AbortSignal) {
    this.#parts = parts
    this.#over = over
  }

  /** The failover after its next step; null where somebody else moves it. Rejects with StoreError, and then nothing has changed. */
  async step(f: Failover, resumed: boolean): Promise<Failover | null> {
    const { sql, hooks, settings } = this.#parts
    switch (f.state) {
      case 'detected': {
        const refusal = await hooks.before(f, this.#over)
        // It was not refused but cut off: it is asked again at the next start.
        if (this.#over.aborted) return f
        if (refusal !== null) return rollBack(sql, f, refusal, this.#how())
        const fenced = await fence(sql, f, settings.damping)
        await this.#goByIt()
        return fenced
      }
      case 'fenced':
        if (f.kind === 'planned' && !(await this.#drained(f))) return this.#undrained(f)
        return this.#choose(f, resumed)
      case 'chosen':
        // Whoever was chosen before a restart may have died, or been failed over, while nobody looked.
        return resumed ? this.#choose(f, resumed) : this.#handOver(f, resumed)
      case 'transferred':
        return toActivating(sql, f)
      case 'activating':
        return this.#activate(f, resumed)
      default:
        return null
    }
  }

  async #handOver(f: Failover, resumed: boolean): Promise<Failover | null> {
    const { sql, wake } = this.#parts
    const moved = await handOver(sql, f, this.#how())
    if (moved !== null && 'not' in moved) {
      if (moved.not === 'fit') return this.#choose(passedOver(f, moved.why), resumed)
      return (await this.#drained(f)) ? f : this.#undrained(f)
    }
    await this.#goByIt()
    if (moved?.chosen) wake(moved.chosen)
    return moved
  }

  async #choose(f: Failover, resumed: boolean): Promise<Failover | null> {
    const { candidates, sql, alive } = this.#parts
    const endsAt =
      performance.now() + (resumed ? CHOOSE_AFTER_RESTART_MS : (this.#parts.settings.chooseMs ?? CHOOSE_MS))
    const tried = new Map(Object.entries(f.data.tried))
    for (;;) {
      const pool = candidates(f.pool)
      const from = pool.find(({ account }) => account === f.account) ?? nobody(f.account)
      // Whoever looked last has died since, and the fault may have passed with it.
      if (resumed && passed(f, from)) return this.#back(f, 'it is well again')
      const plan = planFailover({ from, pool, to: f.data.to, tried })
      // Whoever is asked now may only be silent because everything here is being stopped.
      if (this.#over.aborted) return f
      if (plan.chosen !== null) {
        if (await alive(plan.chosen))
          return isChosen(f, plan) ? this.#handOver(f, resumed) : choose(sql, f, plan, tried)
        tried.set(plan.chosen, 'it gave no sign of life')
        continue
      }
      // A session that only blinked is the best there is.
      if (passed(f, from)) return this.#back(f, 'it is well again and nobody else is')
      if (performance.now() >= endsAt) break
      await sleep(LOOK_AGAIN_MS, undefined, { signal: this.#over }).catch(() => {})
      tried.clear()
      for (const [account, why] of Object.entries(f.data.tried)) tried.set(account, why)
    }
    if (this.#over.aborted) return f
    const last = planFailover({ from: nobody(f.account), pool: candidates(f.pool), to: f.data.to, tried })
    // A soft fault may pass, and where nothing was moved yet nothing is gained by parking it.
    if (f.kind !== 'automatic' || (!f.data.hard && f.data.holder === f.account))
      return this.#back({ ...f, data: { ...f.data, ranking: last.ranking } }, 'nobody may take over')
    return park(sql, f, last, this.#how())
  }

  /** It has the work: does it live, and may it send? */
  async #activate(f: Failover, resumed: boolean): Promise<Failover | null> {
    const { sql, alive, settings, wake } = this.#parts
    const chosen = f.chosen as string
    const endsAt = performance.now() + Math.max(settings.activationMs, resumed ? CHOOSE_AFTER_RESTART_MS : 0)
    let why = ''
    while (!this.#over.aborted) {
      wake(chosen)
      const lives = await alive(chosen)
      const hinders = this.#hinders(f.pool, chosen)
      if (lives && hinders === null) return finish(sql, f)
      why = (lives ? hinders : null) ?? `no sign of life within ${settings.activationMs} ms of the transfer`
      if (performance.now() >= endsAt) break
      await sleep(LOOK_AGAIN_MS, undefined, { signal: this.#over }).catch(() => {})
    }
    if (this.#over.aborted) return f
    return this.#choose(passedOver(f, why), resumed)
  }

  /** A socket that answers is not enough: WhatsApp may restrict the account, and somebody may have taken it out meanwhile. */
  #hinders(pool: string, account: string): string | null {
    const found = this.#parts.candidates(pool).find((each) => each.account === account)
    if (!found) return null
    if (found.mode === 'out' || found.mode === 'maintenance') return `its mode is ${found.mode}`
    return found.usable ? null : (found.unusableBecause ?? 'it cannot send now')
  }

  async #drained(f: Failover): Promise<boolean> {
    const endsAt = performance.now() + this.#parts.settings.drainMs
    while (!this.#over.aborted) {
      if ((await draining(this.#parts.sql, f.account)) === 0) return true
      if (performance.now() >= endsAt) return false
      await sleep(25, undefined, { signal: this.#over }).catch(() => {})
    }
    return false
  }

  #undrained(f: Failover): Promise<Failover | null> {
    return this.#back(f, `it was not drained within ${this.#parts.settings.drainMs} ms`)
  }

  /** A store that goes away right after a commit has not undone it. */
  async #goByIt(): Promise<void> {
    while (!this.#over.aborted) {
      const done = await this.#parts.modesChanged().then(
        () => true,
        () => false,
      )
      if (done) return
      await sleep(LOOK_AGAIN_MS, undefined, { signal: this.#over }).catch(() => {})
    }
  }

  #how(): Handing {
    const { settings, tell } = this.#parts
    return { graceMs: settings.graceMs, tell }
  }

  async #back(f: Failover, why: string): Promise<Failover | null> {
    if (this.#over.aborted) return f
    const back = await rollBack(this.#parts.sql, f, why, this.#how())
    await this.#goByIt()
    this.#parts.wake(f.account)
    return back
  }
}

/** Of a soft fault. */
function passed({ kind, account, data }: Failover, from: Candidate): boolean {
  return kind === 'automatic' && !data.hard && data.holder === account && from.usable
}

/** It stands in the store already. */
function isChosen({ state, chosen, data }: Failover, plan: Plan): boolean {
  return state === 'chosen' && chosen === plan.chosen && data.chosenMode === plan.mode
}

/** The one that was chosen is not asked again. */
function passedOver(f: Failover, why: string): Failover {
  return { ...f, data: { ...f.data, tried: { ...f.data.tried, [f.chosen as string]: why } } }
}

/** An account that nobody lists any more can still be failed over. */
function nobody(account: string): Candidate {
  return {
    account,
    role: 'primary',
    priority: 1,
    weight: 1,
    region: '',
    mode: 'out',
    usable: false,
    unusableBecause: 'it is not listed',
    linked: true,
    healthStatus: 'unknown',
    active: 0,
    returnedAt: null,
    spentUntil: null,
    ejectedUntil: null,
  }
}
