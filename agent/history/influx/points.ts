// One event, one point that is read back exactly, and beside it one of numbers where there is something to draw.

import type { IPoint } from 'influx'
import type { AnyEvent } from '../../events.ts'
import { dataOf } from '../port.ts'
import { encodeTag } from './tags.ts'
import { pointTime } from './time.ts'

/** The measurement that holds every event. */
export const everything = 'event'
/** The measurements of numbers, which are also kept downsampled. */
export const numeric = ['scan', 'health', 'disconnect', 'recovery', 'diagnosis'] as const

interface Numbers {
  measurement: (typeof numeric)[number]
  tags?: Record<string, string>
  fields: Record<string, number | null | undefined>
}

/** The points of an event, all at the same nanosecond. */
export function pointsOf(event: AnyEvent): IPoint[] {
  const { id, at, type, account, node } = event
  const timestamp = pointTime(at, id)
  const whose = tagsOf(account === undefined ? { node } : { account, node })
  // The client's own escaping damages a backslash before an apostrophe, so that JSON has none.
  const data = dataOf(event).replaceAll("'", '\\u0027')
  const whole = {
    measurement: everything,
    tags: { ...whose, ...tagsOf({ type }) },
    fields: { id, data },
    timestamp,
  }
  const numbers = numbersOf(event)
  const fields = numbers ? onlyNumbers(numbers.fields) : {}
  if (!numbers || Object.keys(fields).length === 0) return [whole]
  const tags = { ...whose, ...tagsOf(numbers.tags ?? {}) }
  return [whole, { measurement: numbers.measurement, tags, fields, timestamp }]
}

/** What Grafana can draw of an event; names have the form that InfluxQL needs no quotes for. */
function numbersOf(event: AnyEvent): Numbers | null {
  switch (event.type) {
    case 'pairing.scanned':
      return { measurement: 'scan', fields: { scan_ms: event.scanMs } }
    case 'pairing.ended':
      return {
        measurement: 'scan',
        tags: { outcome: event.outcome },
        fields: { watched_ms: event.watchedMs },
      }
    case 'health.scored':
      return {
        measurement: 'health',
        fields: { ...snakeCase(event.factors), score: event.score, confidence: event.confidence },
      }
    case 'session.closed':
      // Not every connection had been open, and all of them count.
      return {
        measurement: 'disconnect',
        tags: { reason: event.reason },
        fields: { disconnects: 1, open_for_ms: event.openForMs },
      }
    case 'session.opened':
      return event.reconnect ? { measurement: 'recovery', fields: { ms: event.ms } } : null
    case 'diagnosis.found': {
      const { issue, severity } = event
      return { measurement: 'diagnosis', tags: { issue, severity }, fields: { active: 1 } }
    }
    case 'diagnosis.cleared':
      return {
        measurement: 'diagnosis',
        tags: { issue: event.issue },
        fields: { active: 0, for_ms: event.forMs },
      }
    default:
      return null
  }
}

function tagsOf(texts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, encodeTag(text)]))
}

/** The line protocol has no word for NaN or infinities. */
function onlyNumbers(fields: Numbers['fields']): Record<string, number> {
  const good = Object.entries(fields).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number' && Number.isFinite(entry[1]),
  )
  return Object.fromEntries(good)
}

function snakeCase(values: Record<string, number | null>): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  )
}
