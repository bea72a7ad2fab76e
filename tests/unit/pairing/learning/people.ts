// People as tests write them down: a time for who scanned, a time and a plus for who was cut off.

import fc from 'fast-check'
import type { Observation } from '../../../../agent/pairing/learning/observation.ts'
import type { PolicySettings } from '../../../../agent/pairing/learning/policy.ts'

export const settings: PolicySettings = {
  baseMs: 120_000,
  minMs: 60_000,
  maxMs: 180_000,
  minimumScans: 30,
  confidence: 0.85,
  quantile: 0.95,
}

export function scan(ms: number, inARow = 0, at = 0): Observation {
  return { at, ms, scanned: true, inARow }
}
export function cutOff(ms: number, inARow = 0, at = 0): Observation {
  return { at, ms, scanned: false, inARow }
}

/** '6 6+ 7': two people at 6 of whom one was cut off, one who scanned at 7. */
export function people(text: string): Observation[] {
  return text.split(' ').map((word) => (word.endsWith('+') ? cutOff : scan)(Number.parseInt(word, 10)))
}

export function times(n: number, ms: (i: number) => number): Observation[] {
  return Array.from({ length: n }, (_, i) => scan(ms(i), 0, i))
}

export const anyTime = fc.integer({ min: 0, max: 300_000 })
export const anyone: fc.Arbitrary<Observation> = fc.record({
  at: fc.integer({ min: 0, max: 2_000_000_000_000 }),
  ms: anyTime,
  scanned: fc.boolean(),
  inARow: fc.nat({ max: 3 }),
})
export const anybody = fc.array(anyone, { maxLength: 60 })
