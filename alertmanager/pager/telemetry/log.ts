// One structured log line for each event, on standard output.

import type { Logger } from 'pino'
import { maskPhones } from '../../../agent/telemetry/logging.ts'
import { type Events, levels } from '../events.ts'

/** Answers the function that stops it. */
export function logEvents(events: Events, log: Logger): () => void {
  return events.hear(({ type, at: _at, ...data }) => {
    const level = levels[type]
    if (!log.isLevelEnabled(level)) return
    const { detail } = data as { detail?: string }
    log[level](detail === undefined ? data : { ...data, detail: maskPhones(detail) }, type)
  })
}
