// What share of the time an account served, by hand-made lives; and for every life the share lies between 0 and 1.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StateChange } from '../../../../agent/analytics/outages.ts'
import { type Known, serviceOf, silentMs } from '../../../../agent/analytics/reports/service.ts'
import { sessionStates } from '../../../../agent/words.ts'

const MINUTE = 60_000
const range = { from: 1_000 * MINUTE, until: 1_100 * MINUTE }
const change = (minute: number, from: StateChange['from'], to: StateChange['to']): StateChange => ({
  at: (1_000 + minute) * MINUTE,
  from,
  to,
  reason: 'x',
})
const known = (changes: StateChange[], more: Partial<Known> = {}): Known => ({
  changes,
  // A running agent says something every half hour.
  heard: [0, 30, 60, 90].map((minute) => range.from + minute * MINUTE),
  live: null,
  now: range.until,
  silentMs: silentMs(),
  ...more,
})
const minutes = (facts: Known) => {
  const { servedMs, wantedMs } = serviceOf(facts, range)
  return [servedMs / MINUTE, wantedMs / MINUTE]
}

describe('served and wanted minutes of a hundred', () => {
  it.each<[string, Known, [number, number]]>([
    ['open before and never left', known([change(-50, 'connecting', 'open')]), [100, 100]],
    [
      'ten minutes away',
      known([
        change(-50, 'connecting', 'open'),
        change(20, 'open', 'waiting'),
        change(30, 'waiting', 'open'),
      ]),
      [90, 100],
    ],
    [
      'away since before the range',
      known([change(-5, 'open', 'waiting'), change(10, 'waiting', 'open')]),
      [90, 100],
    ],
    ['away at its end', known([change(-50, 'connecting', 'open'), change(80, 'open', 'failed')]), [80, 100]],
    ['first open in the middle', known([change(40, 'connecting', 'open')]), [60, 60]],
    [
      'left open state that nobody saw it enter',
      known([change(25, 'open', 'waiting')], { heard: [range.from] }),
      [25, 100],
    ],
    [
      'stopped by somebody for half an hour',
      known([
        change(-1, 'connecting', 'open'),
        change(10, 'open', 'stopped'),
        change(40, 'stopped', 'connecting'),
        change(41, 'connecting', 'open'),
      ]),
      [69, 70],
    ],
    [
      'restricted serves',
      known([change(-1, 'connecting', 'open'), change(50, 'open', 'restricted')]),
      [100, 100],
    ],
    [
      'no changes, but it is open now',
      known([], { live: { state: 'open', since: range.from - MINUTE } }),
      [100, 100],
    ],
    [
      'no changes, and it waits now',
      known([], { live: { state: 'waiting', since: range.from - MINUTE } }),
      [0, 0],
    ],
    ['nothing known', known([], { heard: [] }), [0, 0]],
    [
      'the future is not counted',
      known([change(-1, 'connecting', 'open')], { now: range.from + 10 * MINUTE }),
      [10, 10],
    ],
    // Killed after minute 10, started again at 80: 35 of the 70 silent minutes a running agent may be silent too.
    [
      'a process that died',
      known(
        [
          change(-1, 'connecting', 'open'),
          change(80, 'stopped', 'connecting'),
          change(81, 'connecting', 'open'),
        ],
        { heard: [range.from, range.from + 10 * MINUTE] },
      ),
      [64, 100],
    ],
    [
      'a process that died and did not come back',
      known([change(-1, 'connecting', 'open')], { heard: [range.from, range.from + 10 * MINUTE] }),
      [45, 100],
    ],
    [
      'one that died and came back after the end',
      known([change(-1, 'connecting', 'open'), change(130, 'stopped', 'connecting')], {
        heard: [range.from + 10 * MINUTE],
        now: range.until + 40 * MINUTE,
      }),
      [45, 100],
    ],
    [
      'one that was heard of again after the end had been silent, not dead',
      known([change(-1, 'connecting', 'open'), change(110, 'open', 'waiting')], {
        heard: [range.from + 10 * MINUTE],
        now: range.until + 40 * MINUTE,
      }),
      [100, 100],
    ],
    [
      'this process has it now, and nothing was worth telling',
      known([change(-1, 'connecting', 'open')], {
        heard: [],
        live: { state: 'open', since: range.from - MINUTE },
      }),
      [100, 100],
    ],
    [
      'one that is scored every hour may be silent for longer',
      known([change(-1, 'connecting', 'open')], {
        heard: [range.from + 10 * MINUTE],
        silentMs: silentMs(3_600_000),
      }),
      [100, 100],
    ],
  ])('%s', (_, facts, expected) => expect(minutes(facts)).toEqual(expected))
})

it('whatever happened, it served no longer than it was wanted, and that no longer than the range', () => {
  const state = fc.constantFrom(...sessionStates)
  const changes = fc.array(fc.tuple(fc.integer({ min: -100, max: 200 }), state, state), { maxLength: 20 })
  fc.assert(
    fc.property(changes, fc.array(fc.integer({ min: 0, max: 99 })), (drawn, heard) => {
      const sorted = drawn.map(([at, from, to]) => change(at, from, to)).sort((a, b) => a.at - b.at)
      const sounds = heard.sort((a, b) => a - b).map((at) => range.from + at * MINUTE)
      const { servedMs, wantedMs, share } = serviceOf(known(sorted, { heard: sounds }), range)
      expect(servedMs).toBeGreaterThanOrEqual(0)
      expect(servedMs).toBeLessThanOrEqual(wantedMs)
      expect(wantedMs).toBeLessThanOrEqual(range.until - range.from)
      expect(share === null).toBe(wantedMs === 0)
    }),
  )
})
