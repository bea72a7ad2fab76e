// Reports on time and on demand: one is made at a time, few may wait, and a mail that is due is sent by one agent, once.

import { createTask, type ScheduledTask } from 'node-cron'
import PQueue from 'p-queue'
import type { ReportsConfig } from '../../config/schema.ts'
import type { Bus } from '../../events.ts'
import { within } from '../../store/deadline.ts'
import type { Sql } from '../../store/sql.ts'
import { type ReportType, reportTypes } from '../../words.ts'
import { claim, everDue, settle } from './claim.ts'
import type { ReportData } from './data.ts'
import { letterOf } from './letter.ts'
import { MailError, sendMail } from './mail.ts'
import { type MakerParts, makeReport, type Wish } from './make.ts'
import { lastDue } from './missed.ts'

export interface DeskParts extends MakerParts {
  bus: Bus
  sql: Sql
  node: string
  config: ReportsConfig
  /** Of the mail server; null without one. */
  password: string | null
  /** Between two attempts to send, in milliseconds; five seconds where it is absent. */
  pauseMs?: number
}

/** Too many reports wait to be made already. */
export class BusyError extends Error {}

/** Reports that may wait while one is made: each takes seconds. */
const WAITING = 8
/** What a mail that is being handed over may hold up a stop, in milliseconds. */
const STOP_WITHIN_MS = 2_000
const MINUTE_MS = 60_000

export class ReportDesk {
  #parts: DeskParts
  #queue = new PQueue({ concurrency: 1 })
  #stop = new AbortController()
  #sending = new Set<ReportType>()
  #under = new Set<Promise<unknown>>()
  #tasks: ScheduledTask[] = []

  constructor(parts: DeskParts) {
    this.#parts = parts
  }

  /** Whether there is somebody to send to and a server that takes it. */
  get mails(): boolean {
    const { from, to, smtp } = this.#parts.config
    return from !== null && to.length > 0 && smtp !== null
  }

  /** Sends what was missed within the last day, then what is due; answers the function that ends it. */
  start(): () => Promise<void> {
    const { config } = this.#parts
    for (const type of reportTypes) {
      const cron = config.when[type]
      if (cron === null) continue
      const task = createTask(cron, ({ date }) => this.#keep(this.#due(type, minuteOf(date.getTime()))), {
        timezone: config.timezone,
        name: `${type} report`,
      })
      this.#tasks.push(task)
      void this.#keep(this.catchUp(type, (date) => task.match(date)))
      void task.start()
    }
    return async () => {
      this.#stop.abort()
      this.#queue.clear()
      for (const task of this.#tasks) await task.destroy()
      const over = Promise.all(this.#under)
      await within(STOP_WITHIN_MS, over, () => new Error('a report was still being sent')).catch(() => {})
    }
  }

  /** Rejects with BusyError, and as makeReport does. */
  async make(wish: Wish): Promise<ReportData> {
    if (this.#queue.size >= WAITING) throw new BusyError('too many reports are being made; try again later')
    const work = async (): Promise<ReportData> => {
      const startedAt = performance.now()
      const report = await makeReport(this.#parts, wish, Date.now())
      const ms = Math.round(performance.now() - startedAt)
      this.#parts.bus.emit('report.made', { report: wish.type, accounts: report.accounts.length, ms })
      return report
    }
    return this.#queue.add(work, { signal: this.#stop.signal })
  }

  isSending(type: ReportType): boolean {
    return this.#sending.has(type)
  }

  /** Makes and sends it to everybody who is configured; false where one of the type is being sent. How it ends is an event; never rejects. */
  send(type: ReportType, until: number): Promise<void> | false {
    if (this.#sending.has(type)) return false
    this.#sending.add(type)
    return this.#keep(this.#send(type, until).then(() => void this.#sending.delete(type)))
  }

  /** Sends the report that was due while no agent was there, if that is less than a day ago. Never rejects. */
  async catchUp(type: ReportType, matches: (date: Date) => boolean): Promise<void> {
    const { sql } = this.#parts
    const due = await lastDue(matches, Date.now())
    // Whoever configures reports today has missed none yesterday.
    if (due === null || !(await everDue(sql, type).catch(() => false))) return
    await this.#due(type, due)
  }

  /** A stop waits for it. */
  #keep<T>(work: Promise<T>): Promise<T> {
    this.#under.add(work)
    return work.finally(() => this.#under.delete(work))
  }

  async #due(type: ReportType, period: number): Promise<void> {
    const { sql, node, bus } = this.#parts
    try {
      if (!(await claim(sql, { type, period, node, now: Date.now() }))) return
      const outcome = await this.#send(type, period)
      await settle(sql, { type, period, outcome, now: Date.now() })
    } catch (error) {
      // Without the store there is no report either: it is due again at the next start.
      const detail = `the store: ${(error as Error).message}`
      bus.emit('report.failed', { report: type, doing: 'making', attempts: 0, ms: 0, detail })
    }
  }

  async #send(type: ReportType, until: number): Promise<'sent' | 'failed'> {
    const { bus, config, password, pauseMs } = this.#parts
    const startedAt = performance.now()
    const tell = () => ({ report: type, ms: Math.round(performance.now() - startedAt) })
    let doing: 'making' | 'sending' = 'making'
    try {
      const { from, to, smtp, formats } = config
      if (from === null || smtp === null) throw new Error('reports.from and reports.smtp are not configured')
      const letter = await letterOf(await this.make({ type, until }), { from, to, attach: formats })
      doing = 'sending'
      const sent = await sendMail({ smtp, password }, letter, this.#stop.signal, pauseMs)
      bus.emit('report.sent', { ...tell(), recipients: to.length, ...sent })
      return 'sent'
    } catch (error) {
      const attempts = error instanceof MailError ? error.attempts : 0
      bus.emit('report.failed', { ...tell(), doing, attempts, detail: (error as Error).message })
      return 'failed'
    }
  }
}

function minuteOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS
}
