// What is learned from is what somebody watched until a scan or the end of the window, now and before this process started.

import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Bus, type EventData } from '../../../agent/events.ts'
import { embeddedHistory } from '../../../agent/history/embedded.ts'
import { Journal } from '../../../agent/history/journal.ts'
import { ScanTimeAnalyzer } from '../../../agent/pairing/learning/analyzer.ts'
import { followPairing, observationOf, recallPairing } from '../../../agent/pairing/learning/follow.ts'
import { maxScanMs } from '../../../agent/pairing/learning/observation.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import { openSqlite } from '../../../agent/store/sqlite.ts'
import { pairingMethods, pairingOutcomes } from '../../../agent/words.ts'
import { hear } from '../events/heard.ts'
import { settings } from './learning/people.ts'

afterEach(() => vi.useRealTimers())

type Ended = EventData['pairing.ended']
const at = 1_700_000_000_000
const linked: Ended = {
  attempt: 1,
  method: 'qr',
  outcome: 'linked',
  inARow: 0,
  viewed: true,
  ms: 30_000,
  watchedMs: 20_000,
}
const newAnalyzer = () => new ScanTimeAnalyzer('survival', settings)

describe('an attempt that ended', () => {
  it.each<[string, Partial<Ended>, object | null]>([
    ['scanned', {}, { ms: 20_000, scanned: true, inARow: 0 }],
    ['scanned after regenerations', { inARow: 2 }, { ms: 20_000, scanned: true, inARow: 2 }],
    ['scanned at once', { watchedMs: 0 }, { ms: 0, scanned: true, inARow: 0 }],
    ['watched in vain', { outcome: 'expired' }, { ms: 20_000, scanned: false, inARow: 0 }],
    ['the longest that can be', { watchedMs: maxScanMs }, { ms: maxScanMs, scanned: true, inARow: 0 }],
    ['longer than can be', { watchedMs: maxScanMs + 1 }, null],
    ['before it began, by a clock that was set back', { watchedMs: -1 }, null],
    ['no number', { watchedMs: Number.NaN }, null],
    ['no figure at all, as an older version wrote it', { watchedMs: undefined as never }, null],
    ['scanned, and nobody is known to have looked', { viewed: false, watchedMs: null }, null],
    ['ran out unseen', { outcome: 'expired', viewed: false, watchedMs: null }, null],
    ['typed', { method: 'code' }, null],
    ['a code to be typed that ran out', { method: 'code', outcome: 'expired' }, null],
    ['no method, as an older version wrote it', { method: undefined as never }, null],
    ['refused', { outcome: 'refused' }, null],
    ['a passkey', { outcome: 'passkey' }, null],
    ['ended by a person', { outcome: 'aborted' }, null],
  ])('%s', (_, data, expected) => {
    expect(observationOf({ at, ...linked, ...data })).toEqual(expected && { at, ...expected })
  })
})

describe('from now on', () => {
  it('every attempt counts for its account and the fleet, until it is stopped', () => {
    const { bus } = hear()
    const analyzer = newAnalyzer()
    const stop = followPairing(bus, analyzer)
    bus.emit('pairing.ended', linked, { account: 'uae-1' })
    bus.emit('pairing.ended', { ...linked, watchedMs: 40_000 }, { account: 'uae-2' })
    bus.emit('pairing.ended', { ...linked, method: 'code' }, { account: 'uae-1' })
    bus.emit('pairing.ended', linked) // of no account
    expect(analyzer.metrics('uae-1')).toMatchObject({ totalScans: 1, averageQRScanTime: 20_000 })
    expect(analyzer.metrics('uae-2')).toMatchObject({ totalScans: 1, averageQRScanTime: 40_000 })
    stop()
    bus.emit('pairing.ended', linked, { account: 'uae-1' })
    expect(analyzer.fleetMetrics()).toMatchObject({ totalScans: 2, averageQRScanTime: 30_000 })
  })

  it('attempts of one row are one person', () => {
    const { bus } = hear()
    const analyzer = newAnalyzer()
    followPairing(bus, analyzer)
    bus.emit('pairing.ended', { ...linked, outcome: 'expired', watchedMs: 60_000 }, { account: 'uae-1' })
    bus.emit('pairing.ended', { ...linked, inARow: 1, watchedMs: 100_000 }, { account: 'uae-1' })
    expect(analyzer.metrics('uae-1')).toMatchObject({ totalScans: 1, medianQRScanTime: 100_000 })
  })
})

describe('before this process started', () => {
  const ended = fc.record({
    afterMs: fc.integer({ min: 1, max: 600_000 }),
    account: fc.constantFrom('uae-1', 'uae-2', 'uae-3', undefined),
    data: fc.record({
      attempt: fc.integer({ min: 1, max: 9 }),
      method: fc.constantFrom(...pairingMethods),
      outcome: fc.constantFrom(...pairingOutcomes, 'linked' as const, 'expired' as const),
      inARow: fc.integer({ min: 0, max: 3 }),
      viewed: fc.boolean(),
      ms: fc.nat(),
      watchedMs: fc.option(fc.integer({ min: -5, max: 200_000 })),
    }),
  })

  it('what one process saw, the next one knows: the same figures and windows for everybody', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await fc.assert(
      fc.asyncProperty(fc.array(ended, { maxLength: 150 }), async (events) => {
        vi.setSystemTime(at)
        const sql = openSqlite(':memory:', new Bus('store'))
        await migrate(sql)
        const bus = new Bus('node-1')
        const journal = new Journal(embeddedHistory(sql), bus)
        const [before, after] = [newAnalyzer(), newAnalyzer()]
        followPairing(bus, before)
        for (const { afterMs, account, data } of events) {
          vi.setSystemTime(Date.now() + afterMs)
          bus.emit('pairing.regenerated', { attempt: 1, inARow: 1 }, { account: 'uae-1' })
          bus.emit('pairing.ended', data, account === undefined ? {} : { account })
        }
        await journal.stop()
        await recallPairing(embeddedHistory(sql), after)
        await sql.close()
        for (const account of [...before.metricsForAll().keys(), 'uae-4']) {
          expect(after.metrics(account)).toEqual(before.metrics(account))
          for (const inARow of [0, 1, 2])
            expect(after.recommendedWindow(account, inARow)).toEqual(
              before.recommendedWindow(account, inARow),
            )
        }
        expect(after.metricsForAll().size).toBe(before.metricsForAll().size)
        expect(after.fleetMetrics()).toEqual(before.fleetMetrics())
      }),
      { numRuns: 60, seed: 11 },
    )
  })

  it('is read back beyond what one page of events holds', async () => {
    const sql = openSqlite(':memory:', new Bus('store'))
    await migrate(sql)
    const bus = new Bus('node-1')
    const journal = new Journal(embeddedHistory(sql), bus)
    for (let i = 0; i < 1_500; i++) bus.emit('pairing.ended', linked, { account: `uae-${i % 3}` })
    await journal.stop()
    const analyzer = newAnalyzer()
    await recallPairing(embeddedHistory(sql), analyzer)
    await sql.close()
    expect([0, 1, 2].map((n) => analyzer.metrics(`uae-${n}`).totalScans)).toEqual([500, 500, 500])
  })

  it('nothing is read from an empty store', async () => {
    const sql = openSqlite(':memory:', new Bus('store'))
    await migrate(sql)
    const analyzer = newAnalyzer()
    await recallPairing(embeddedHistory(sql), analyzer)
    expect(analyzer.metricsForAll().size).toBe(0)
    await sql.close()
  })
})

it.each([
  ['half a regeneration', { inARow: 0.5 }],
  ['no number of regenerations', { inARow: undefined }],
  ['fewer than none', { inARow: -1 }],
  ['a text', { watchedMs: '5000' }],
  ['a list', { watchedMs: [1_000] }],
  ['no number', { watchedMs: Number.NaN }],
  ['a time before all times', { at: -1 }],
  ['no time', { at: Number.NaN }],
])('what was kept wrongly is passed over: %s', (_, wrong) => {
  const good = { at: 1_700_000_000_000, method: 'qr', outcome: 'linked', inARow: 0, watchedMs: 5_000 }
  expect(observationOf(good as never)).not.toBeNull()
  expect(observationOf({ ...good, ...wrong } as never)).toBeNull()
})
