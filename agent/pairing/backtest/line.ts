// One line of a trace: a person, when they came, and how long they take to scan; anything else is refused in words.

import { maxScanMs } from '../learning/observation.ts'

export interface TraceLine {
  account: string
  /** Milliseconds since the epoch; decides the order and nothing else. */
  at: number
  /** Null when that person never scans. */
  scanMs: number | null
}

/** What is wrong with a line. */
export interface LineProblem {
  found: string
  allowed: string
}

/** The year 2100: later ones are microseconds. */
const maxAtMs = 4_102_444_800_000
const maxAccountLength = 100
const example = '{"account":"a1","at":1700000000000,"scan_ms":18400}'

/** More fields than the three are let pass: a trace may carry notes. */
export function parseLine(text: string): TraceLine | LineProblem {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { found: shortened(text), allowed: `JSON like ${example}` }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { found: shortened(text), allowed: `an object like ${example}` }
  const { account, at, scan_ms: scanMs } = value as Record<string, unknown>
  if (typeof account !== 'string' || account === '' || account.length > maxAccountLength)
    return field('account', account, `a text of 1 to ${maxAccountLength} characters`)
  if (!within(at, maxAtMs)) return field('at', at, `milliseconds since the epoch from 0 to ${maxAtMs}`)
  if (scanMs !== null && !within(scanMs, maxScanMs))
    return field('scan_ms', scanMs, `milliseconds from 0 to ${maxScanMs}, or null for who never scans`)
  return { account, at, scanMs: scanMs === null ? null : Math.round(scanMs) }
}

function within(value: unknown, max: number): value is number {
  return typeof value === 'number' && value >= 0 && value <= max
}

function field(name: string, value: unknown, allowed: string): LineProblem {
  const found = value === undefined ? 'nothing' : shortened(JSON.stringify(value))
  return { found: `${name} ${found}`, allowed: `${name} is ${allowed}` }
}

/** What is shown of something that may be long, or no text at all. */
export function shortened(text: string): string {
  const plain = text.replace(/[^\x20-\x7e\u00a0-\uffff]/g, '?')
  return plain.length > 60 ? `${plain.slice(0, 57)}...` : plain
}
