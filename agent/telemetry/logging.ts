// One structured log line per event, on standard output; a phone number that slips into a free text is masked.

import { type DestinationStream, type Logger, pino } from 'pino'
import { type AnyEvent, type Bus, catalogue } from '../events.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

/** Keeps the first three and last two digits of anything that could be a phone number. */
export function maskPhones(text: string): string {
  return text.replace(/(\+?\d{3})\d{3,10}(\d{2})(?!\d)/g, '$1***$2')
}

/** A day with or without a time, and an address of version 4: digits in groups that are no phone number. */
const noNumber = /^(?:20\d\d-[01]\d-[0-3]\d\b|(?:\d{1,3}\.){3}\d{1,3}$)/

/** The same in what people write: they put numbers in groups. Eight digits may be a date. */
export function maskWritten(text: string): string {
  return maskPhones(text).replace(/\+?\d(?:[ \u00a0()./-]{0,2}\d){8,}/g, (number) =>
    noNumber.test(number)
      ? number
      : `${number.slice(0, number.startsWith('+') ? 4 : 3)}***${number.slice(-2)}`,
  )
}

/** A logger that writes JSON lines; standard output where no destination is given. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // Words, because people read these lines too.
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return destination ? pino(options, destination) : pino(options)
}

/** Writes every event; answers the function that stops it. */
export function logEvents(bus: Bus, log: Logger): () => void {
  const repeated = new Repetitions()
  return bus.onAny((event: AnyEvent) => {
    const { level, logEveryMs } = catalogue[event.type]
    if (!log.isLevelEnabled(level)) return
    const leftOut = logEveryMs === undefined ? 0 : repeated.leftOut(event.type, event.at, logEveryMs)
    if (leftOut === null) return
    const { type, v: _version, at: _at, trace, ...rest } = event as AnyEvent & { detail?: string }
    if (typeof rest.detail === 'string') rest.detail = maskPhones(rest.detail)
    const ids = trace ? { trace_id: trace.traceId, span_id: trace.spanId } : {}
    log[level]({ ...rest, ...ids, ...(leftOut > 0 ? { left_out: leftOut } : {}) }, type)
  })
}

/** When something was last said, and how often it has been left out since. */
class Repetitions {
  #said = new Map<string, { at: number; leftOut: number }>()

  /** How many were left out before this one; null when this one is left out too. */
  leftOut(what: string, at: number, everyMs: number): number | null {
    const last = this.#said.get(what)
    // A clock that was set back must not silence it.
    if (last && at >= last.at && at - last.at < everyMs) {
      last.leftOut += 1
      return null
    }
    this.#said.set(what, { at, leftOut: 0 })
    return last?.leftOut ?? 0
  }
}
