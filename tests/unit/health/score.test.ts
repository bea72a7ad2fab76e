// The score is what the contract says it is, never above what the evidence allows, and silent where nothing is known.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capNames, capsOf } from '../../../agent/health/caps.ts'
import type { Counts } from '../../../agent/health/counts.ts'
import { factorNames, factorsOf, linear } from '../../../agent/health/factors.ts'
import { fleetScore, scoreOf } from '../../../agent/health/score.ts'
import { sessionStates } from '../../../agent/words.ts'
import { weights } from './settings.ts'

const none: Counts = {
  upMs: 0,
  wantedMs: 0,
  regenerations: 0,
  connections: 0,
  attempted: 0,
  failed: 0,
  ackMsSum: 0,
  acks: 0,
  processed: 0,
  undone: 0,
  messages: 0,
}
const well = {
  state: 'open',
  lastReason: null,
  zombie: false,
  deaf: false,
  unacknowledged: false,
  restricted: false,
  downMs: 0,
} as const

describe('a factor', () => {
  it.each([
    ['uptime', { upMs: 999, wantedMs: 1000 }, 100],
    ['uptime', { upMs: 974.5, wantedMs: 1000 }, 50],
    ['uptime', { upMs: 950, wantedMs: 1000 }, 0],
    ['uptime', { upMs: 10, wantedMs: 1000 }, 0],
    ['qrQuality', { regenerations: 1, connections: 100 }, 100],
    ['qrQuality', { regenerations: 11, connections: 200 }, 50],
    ['qrQuality', { regenerations: 10, connections: 100 }, 0],
    ['qrQuality', { regenerations: 3, connections: 0 }, 0],
    ['errorRate', { failed: 1, attempted: 1000 }, 100],
    ['errorRate', { failed: 50, attempted: 1000 }, 0],
    ['errorRate', { failed: 25.5, attempted: 1000 }, 50],
    ['responseTime', { ackMsSum: 10_000, acks: 1 }, 100],
    ['responseTime', { ackMsSum: 70_000, acks: 2 }, 50],
    ['responseTime', { ackMsSum: 60_000, acks: 1 }, 0],
    ['messageProcessing', { processed: 99, messages: 100 }, 100],
    ['messageProcessing', { processed: 100, undone: 10, messages: 100 }, 0],
    ['messageProcessing', { processed: 189, messages: 200 }, 50],
  ] as const)('%s of %o is worth %d', (name, counts, worth) => {
    const factor = factorsOf({ ...none, ...counts }).find((each) => each.name === name)
    expect(factor?.score).toBeCloseTo(worth, 6)
  })

  it('without observations says nothing', () => {
    expect(factorsOf(none).map(({ value, score }) => [value, score])).toEqual(
      factorNames.map(() => [null, null]),
    )
  })

  it('is monotone between its ends, and within 0 and 100 for every number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a]
        expect(linear(low, [99, 90])).toBeLessThanOrEqual(linear(high, [99, 90]))
        expect(linear(a, [10, 60])).toBeGreaterThanOrEqual(0)
        expect(linear(a, [10, 60])).toBeLessThanOrEqual(100)
      }),
    )
  })
})

describe('the score', () => {
  it('weighs what was observed and leaves out the rest, with the confidence that this deserves', () => {
    const { score, confidence } = scoreOf(
      { ...none, upMs: 974.5, wantedMs: 1000, acks: 1, ackMsSum: 1 },
      [],
      weights,
    )
    expect(score).toBeCloseTo((0.3 * 50 + 0.15 * 100) / 0.45, 1)
    expect(confidence).toBeCloseTo(0.45, 9)
  })

  it('of nothing is nothing, or what the evidence against it allows', () => {
    expect(scoreOf(none, [], weights)).toMatchObject({ score: null, confidence: 0 })
    expect(scoreOf(none, capsOf({ ...well, state: 'pairing' }), weights).score).toBe(50)
  })

  const counts = fc.record(
    Object.fromEntries(
      Object.keys(none).map((field) => [field, fc.double({ min: 0, max: 1e9, noNaN: true })]),
    ),
  ) as unknown as fc.Arbitrary<Counts>
  const condition = fc.record({
    state: fc.constantFrom(...sessionStates),
    lastReason: fc.constantFrom(
      null,
      ...(['banned', 'temporarily-banned', 'wrong-phone', 'stalled'] as const),
    ),
    zombie: fc.boolean(),
    deaf: fc.boolean(),
    unacknowledged: fc.boolean(),
    restricted: fc.boolean(),
    downMs: fc.nat({ max: 1_000_000 }),
  })

  it('is never above a cap, whatever the day was like, and never outside 0 and 100', () => {
    fc.assert(
      fc.property(counts, condition, (sums, now) => {
        const caps = capsOf(now)
        const { score, confidence } = scoreOf(sums, caps, weights)
        for (const { at } of caps) expect(score ?? 0).toBeLessThanOrEqual(at)
        if (score !== null) expect(score >= 0 && score <= 100).toBe(true)
        expect(confidence >= 0 && confidence <= 1 + 1e-9).toBe(true)
      }),
    )
  })

  it('of the fleet is the mean of those that have one', () => {
    const accounts = [
      { score: 100, confidence: 1 },
      { score: 50, confidence: 0.5 },
      { score: null, confidence: 0 },
    ]
    expect(fleetScore(accounts)).toEqual({ score: 75, confidence: 0.5 })
    expect(fleetScore([])).toEqual({ score: null, confidence: 0 })
  })
})

describe('the caps', () => {
  it.each([
    [{ state: 'logged-out' }, ['logged-out'], 0],
    [{ state: 'failed', lastReason: 'banned' }, ['banned'], 0],
    [{ state: 'failed', lastReason: 'client-outdated' }, ['failed'], 25],
    [{ state: 'connecting', lastReason: 'temporarily-banned' }, ['temporarily-banned'], 0],
    [{ state: 'stopped', lastReason: 'temporarily-banned' }, ['temporarily-banned'], 0],
    [{ state: 'open', lastReason: 'temporarily-banned' }, [], null],
    [{ state: 'restricted', lastReason: 'temporarily-banned' }, ['restricted'], 40],
    [{ deaf: true }, ['deaf'], 25],
    [{ unacknowledged: true }, ['unacknowledged'], 40],
    [{ unacknowledged: true, zombie: true }, ['zombie', 'unacknowledged'], 25],
    [{ zombie: true }, ['zombie'], 25],
    [{ zombie: true, state: 'connecting', downMs: 1_000 }, ['zombie'], 25],
    [{ state: 'restricted', restricted: true }, ['restricted'], 40],
    [{ state: 'pairing' }, ['pairing'], 50],
    [{ state: 'waiting' }, ['pairing'], 50],
    [{ state: 'replaced' }, ['replaced'], 25],
    [{ state: 'connecting', downMs: 44_999 }, [], null],
    [{ state: 'connecting', downMs: 45_000 }, ['down'], 50],
    [{ state: 'open', downMs: 45_000 }, ['down'], 50],
    [{ zombie: true, restricted: true }, ['zombie', 'restricted'], 25],
    [{}, [], null],
  ] as const)('of %o are %o', (change, names, lowest) => {
    const caps = capsOf({ ...well, ...change })
    expect(caps.map(({ name }) => name)).toEqual(names)
    expect(caps[0]?.at ?? null).toBe(lowest)
    for (const { name } of caps) expect(capNames).toContain(name)
  })
})
