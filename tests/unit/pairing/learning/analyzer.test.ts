// The analyzer counts a row of attempts as one person, answers in the shape of the API, refuses what cannot be, and computes little.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ScanTimeAnalyzer } from '../../../../agent/pairing/learning/analyzer.ts'
import { anyone, cutOff, scan, settings } from './people.ts'

const minute = 60_000
const analyzer = (policy: 'fixed' | 'blend' | 'survival' = 'survival') =>
  new ScanTimeAnalyzer(policy, settings)

describe('metrics', () => {
  it('of an account that nothing is known of are empty, and its window is the base', () => {
    const one = analyzer()
    expect(one.metrics('a1')).toEqual({
      totalScans: 0,
      averageQRScanTime: null,
      medianQRScanTime: null,
      p95QRScanTime: null,
      minimumScans: 30,
      recommendedTimeout: 120_000,
      confidence: 0,
      lastUpdated: null,
      policy: 'survival',
      source: 'base',
    })
    expect(one.metricsForAll()).toEqual(new Map())
    expect(one.averageScanTime('a1')).toBeNull()
  })

  it('are those of the scans, and the contract of the blend to the letter', () => {
    const one = analyzer('blend')
    for (let i = 1; i <= 100; i += 1) one.recordScan('a1', 20_000 + 100 * i, i * minute)
    one.recordExpiry('a1', 60_000, 101 * minute)
    // The ranks 91 and 99 hold the p95: 1 - (29,900 - 29,100) / 2 / 29,500.
    expect(one.metrics('a1')).toEqual({
      totalScans: 100,
      averageQRScanTime: 25_050,
      medianQRScanTime: 25_050,
      p95QRScanTime: 29_500,
      minimumScans: 30,
      recommendedTimeout: 120_000 * 0.8 + (29_500 + 10_000) * 0.2,
      confidence: 1 - 400 / 29_500,
      lastUpdated: new Date(101 * minute).toISOString(),
      policy: 'blend',
      source: 'account',
    })
    expect(one.averageScanTime('a1')).toBe(25_050)
    expect(one.fleetMetrics()).toEqual(one.metrics('a1'))
  })

  it('speak of the account, while its window may come from the fleet', () => {
    const one = analyzer()
    for (let i = 0; i < 100; i += 1) one.recordScan('a1', 30_000 + 100 * ((37 * i) % 100), i)
    one.recordScan('a2', 50_000, 100)
    expect(one.metrics('a2')).toMatchObject({
      totalScans: 1,
      p95QRScanTime: 50_000,
      source: 'fleet',
      confidence: 0,
    })
    expect(one.recommendedWindow('a3')).toMatchObject({ source: 'fleet', windowMs: 60_000 })
    expect([...one.metricsForAll().keys()]).toEqual(['a1', 'a2'])
  })
})

describe('one row is one person', () => {
  it('who was cut off at 60 s and scans at 100 s takes 100 s', () => {
    const one = analyzer()
    one.recordExpiry('a1', 60_000, minute, 0)
    one.recordExpiry('a2', 60_000, minute, 0)
    one.recordScan('a1', 100_000, 3 * minute, 1)
    expect(one.metrics('a1')).toMatchObject({ totalScans: 1, p95QRScanTime: 100_000 })
    // The other account's person is still somebody else.
    expect(one.metrics('a2')).toMatchObject({ totalScans: 0, p95QRScanTime: null })
    expect(one.fleetMetrics()).toMatchObject({ totalScans: 1, averageQRScanTime: 100_000 })
  })

  it('who let the longest window pass and then a short one waited for the longest', () => {
    const one = analyzer()
    for (let i = 0; i < 40; i += 1) {
      one.recordExpiry('a1', 60_000, i * 1_000, 0)
      one.recordExpiry('a1', 180_000, i * 1_000 + 1, 1)
      one.recordExpiry('a1', 60_000, i * 1_000 + 2, 2)
      one.recordScan('a1', 20_000, i * 1_000 + 3, 0)
    }
    expect(one.metrics('a1')).toMatchObject({ totalScans: 40, p95QRScanTime: 20_000 })
  })

  it('a first attempt is always somebody new', () => {
    const one = analyzer('fixed')
    one.recordScan('a1', 10_000, 1, 0)
    one.recordScan('a1', 30_000, 2, 0)
    one.recordExpiry('a1', 60_000, 3, 0)
    one.recordScan('a1', 50_000, 4, 0)
    expect(one.metrics('a1')).toMatchObject({ totalScans: 3, averageQRScanTime: 30_000 })
  })
})

it.each([
  ['scan time', -1, 0, 0],
  ['scan time', Number.NaN, 0, 0],
  ['scan time', 86_400_001, 0, 0],
  ['scan time', Number.POSITIVE_INFINITY, 0, 0],
  ['time of the observation', 1, -1, 0],
  ['time of the observation', 1, Number.NaN, 0],
  ['time of the observation', 1, 1e300, 0],
  ['regenerations in a row', 1, 1, -1],
  ['regenerations in a row', 1, 1, 0.5],
])('%s: %d ms at %d, %d in a row is refused, and nothing of it is kept', (name, ms, at, inARow) => {
  const one = analyzer()
  for (const record of ['recordScan', 'recordExpiry'] as const)
    expect(() => one[record]('a1', ms, at, inARow)).toThrow(RangeError)
  expect(() => one.load('a1', [scan(1), { at, ms, scanned: true, inARow }])).toThrow(
    new RegExp(`^${name}: found -?[\\d.einfINaty+]+, allowed: `),
  )
  expect(one.metricsForAll().size).toBe(0)
})

it('what is loaded in any order is what was recorded in order', () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyone, { selector: ({ at }) => at, maxLength: 40 }), (list) => {
      const [told, loaded] = [analyzer(), analyzer()]
      for (const { at, ms, scanned, inARow } of list.toSorted((a, b) => a.at - b.at))
        told[scanned ? 'recordScan' : 'recordExpiry']('a1', ms, at, inARow)
      loaded.load('a1', list)
      expect(loaded.metrics('a1')).toEqual(told.metrics('a1'))
      expect(loaded.fleetMetrics()).toEqual(told.fleetMetrics())
    }),
  )
})

it('a forgotten account starts anew with what the fleet knows', () => {
  const one = analyzer()
  for (let i = 0; i < 50; i += 1) one.recordScan('a1', 20_000, i)
  one.forget('a1')
  expect(one.metrics('a1')).toMatchObject({ totalScans: 0, source: 'fleet' })
  expect(one.fleetMetrics().totalScans).toBe(50)
})

it('keeps the newest 500 people of each', () => {
  const one = analyzer('fixed')
  one.load(
    'a1',
    Array.from({ length: 2_000 }, (_, i) => scan(i < 1_500 ? 10_000 : 40_000, 0, i)),
  )
  one.load('a2', [cutOff(60_000, 0, 1)])
  expect(one.metrics('a1')).toMatchObject({ totalScans: 2_000, averageQRScanTime: 40_000 })
  expect(one.fleetMetrics()).toMatchObject({ totalScans: 2_000, averageQRScanTime: 40_000 })
})

it('a scrape of 10,000 accounts after one scan computes for that one and for the fleet, not for all', () => {
  const one = analyzer()
  for (let account = 0; account < 10_000; account += 1)
    for (let i = 0; i < 3; i += 1) one.recordScan(`a${account}`, 20_000 + i, account * 10 + i)
  one.metricsForAll()
  const since = performance.now()
  one.recordScan('a7', 30_000, 1_000_000)
  expect(one.metricsForAll().size).toBe(10_000)
  // Measured: 40 ms. With a curve of the fleet for each account it takes seconds.
  expect(performance.now() - since).toBeLessThan(1_000)
})
