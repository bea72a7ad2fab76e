// Each event has a nanosecond of its own, because InfluxDB overwrites what has the same time and tags.

const NS_PER_MS = 1_000_000n
/** What InfluxDB can hold: the years 1677 to 2262. */
const MIN_NS = -9_223_372_036_854_775_806n
const MAX_NS = 9_223_372_036_854_775_806n

const uuidv7 = /^[\da-f]{8}-[\da-f]{4}-7([\da-f]{3})-([\da-f]{4})-([\da-f]{2})[\da-f]{10}$/

/**
 * Which of the million nanoseconds within its millisecond an event gets, from its id alone, so that a repeated write hits the same point.
 * The 32 bits after time, version and variant of our UUIDv7s are a counter: it begins at a random place in each millisecond and goes up by
 * one. Its remainder by a million is therefore another one for each of up to a million events of a process in one millisecond. Only where
 * the clock was set back, or turned between the id and the time of an event, do two of them meet, once in a million times.
 */
export function nanosecondOf(id: string): number {
  const [, high, middle, low] = uuidv7.exec(id) ?? []
  if (high === undefined || middle === undefined || low === undefined) return hashOf(id)
  const counter =
    Number.parseInt(high, 16) * 2 ** 20 +
    (Number.parseInt(middle, 16) & 0x3fff) * 2 ** 6 +
    (Number.parseInt(low, 16) >>> 2)
  return counter % 1_000_000
}

/** The time of an event's points: nanoseconds since the epoch, in digits, because no number holds them exactly. */
export function pointTime(at: number, id: string): string {
  return String(BigInt(Math.trunc(at)) * NS_PER_MS + BigInt(nanosecondOf(id)))
}

/** A moment (milliseconds since the epoch) for a query, no earlier or later than what InfluxDB knows. */
export function queryTime(ms: number): string {
  if (!Number.isFinite(ms)) return String(ms > 0 ? MAX_NS : MIN_NS)
  const ns = BigInt(Math.ceil(ms)) * NS_PER_MS
  return String(ns < MIN_NS ? MIN_NS : ns > MAX_NS ? MAX_NS : ns)
}

/** For ids that are not ours: FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % 1_000_000
}
