// Reports on time and on demand: one is made at a time, few may wait, and a mail that is due is sent by one agent, once.

import { schedule } from 'node-cron'
import PQueue from 'p-queue'
import type { ReportsConfig } from '../../config/schema.ts'
import type { Bus } from '../../events.ts'
import { within } from '../../store/deadline.ts'
import type { Sql } from '../../store/sql.ts'
import { type ReportType, reportTypes } from '../../words.ts'
import type { ReportData } from './data.ts'
import { DueReport, type Ending } from './due.ts'
import { letterOf } from './letter.ts'
import { MailError, sendMail } from './mail.ts'
import { type MakerParts, makeReport, type Wish } from './make.ts'
import { scheduleOf } from './schedule.ts'

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

const EVERY_MINUTE = '* * * * *'
/** Reports that may wait while one is made: each takes seconds. */
const WAITING = 8
const ASKED = 0
/** What is mailed goes ahead of what somebody asks for, and is not counted with it: there is one of each type at most. */
const MAILED = 1
/** What a mail that is being handed over may hold up a stop, in milliseconds. */
const STOP_WITHIN_MS = 2_000

export class ReportDesk {
  #parts: DeskParts
  #queue = new PQueue({ concurrency: 1 })
  #stop = new AbortController()
  #sending = new Set<ReportType>()
  #under = new Set<Promise<unknown>>()
  #due: DueReport[]

  constructor(parts: DeskParts) {
    this.#parts = parts
    const { sql, node, bus, config } = parts
    this.#due = reportTypes.flatMap((type) => {
      const cron = config.when[type]
      if (cron === null) return []
      const storeAway = (message: string): void => {
        const detail = `the store: ${message}; it is tried again every minute for a day`
        bus.emit('report.failed', { report: type, doing: 'making', attempts: 0, ms: 0, detail })
      }
      const send = (period: number): Promise<Ending> => this.#send(type, period)
      return new DueReport({
        sql,
        node,
        type,
        schedule: scheduleOf(cron, config.timezone),
        send,
        storeAway,
      })
    })
  }

  /** Whether there is somebody to send to and a server that takes it. */
  get mails(): boolean {
    const { from, to, smtp } = this.#parts.config
    return from !== null && to.length > 0 && smtp !== null
  }

  /** Looks for what is due, now and every minute; answers the function that ends it. */
  start(): () => Promise<void> {
    const look = (): void => void this.look(Date.now())
    const task = schedule(EVERY_MINUTE, look, { name: 'reports', suppressMissedWarning: true })
    task.on('execution:missed', look)
    look()
    return async () => {
      this.#stop.abort()
      this.#queue.clear()
      await task.destroy()
      const over = Promise.all(this.#under)
      await within(STOP_WITHIN_MS, over, () => new Error('a report was still being sent')).catch(() => {})
    }
  }

  /** Sends what is due and was sent by nobody yet. Never rejects. @param now milliseconds since the epoch */
  async look(now: number): Promise<void> {
    if (this.#stop.signal.aborted) return
    await this.#keep(Promise.all(this.#due.map((each) => each.look(now))))
  }

  /** Rejects with BusyError, and as makeReport does. */
  async make(wish: Wish): Promise<ReportData> {
    if (this.#queue.sizeBy({ priority: ASKED }) >= WAITING)
      throw new BusyError('too many reports are being made; try again later')
    return this.#make(wish, ASKED)
  }

  isSending(type: ReportType): boolean {
    return this.#sending.has(type)
  }

  /** Makes and sends it to everybody who is configured; false where one of the type is being sent. How it ends is an event; never rejects. */
  send(type: ReportType, until: number): Promise<void> | false {
    if (this.#sending.has(type)) return false
    this.#sending.add(type)
    return this.#keep(this.#send(type, until, { due: false }).then(() => void this.#sending.delete(type)))
  }

  /** A stop waits for it. */
  #keep<T>(work: Promise<T>): Promise<T> {
    this.#under.add(work)
    return work.finally(() => this.#under.delete(work))
  }

  async #make(wish: Wish, priority: number): Promise<ReportData> {
    const work = async (): Promise<ReportData> => {
      const startedAt = performance.now()
      const report = await makeReport(this.#parts, wish, Date.now())
      const ms = Math.round(performance.now() - startedAt)
      this.#parts.bus.emit('report.made', { report: wish.type, accounts: report.accounts.length, ms })
      return report
    }
    return this.#queue.add(work, { signal: this.#stop.signal, priority })
  }

  /** A report that is due and stopped on its way is no failure: it is given back, and sent by whoever is there next. */
  async #send(type: ReportType, until: number, { due = true } = {}): Promise<Ending> {
    const { bus, config, password, pauseMs } = this.#parts
    const startedAt = performance.now()
    const tell = () => ({ report: type, ms: Math.round(performance.now() - startedAt) })
    let doing: 'making' | 'sending' = 'making'
    try {
      const { from, to, smtp, formats } = config
      if (from === null || smtp === null) throw new Error('reports.from and reports.smtp are not configured')
      const letter = await letterOf(await this.#make({ type, until }, MAILED), { from, to, attach: formats })
      doing = 'sending'
      const sent = await sendMail({ smtp, password }, letter, this.#stop.signal, pauseMs)
      bus.emit('report.sent', { ...tell(), recipients: to.length, ...sent })
      return 'sent'
    } catch (error) {
      if (due && this.#stop.signal.aborted) return 'stopped'
      const attempts = error instanceof MailError ? error.attempts : 0
      bus.emit('report.failed', { ...tell(), doing, attempts, detail: (error as Error).message })
      return 'failed'
    }
  }
}
