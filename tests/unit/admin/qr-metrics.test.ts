// What was learned about scan times is shown for one account, for every account, and for the fleet; nothing else can be asked for.

import { expect, it } from 'vitest'
import { adminStage, problem, refusal } from './stage.ts'

const metrics = '/api/dashboard/qr-metrics'
const at = 1_700_000_000_000
const nothing = {
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
}

it.each(['uae-1', '%2B971500000001', '971500000001'])('one account, named %s', async (key) => {
  const { ask, analyzer } = await adminStage()
  for (const [i, ms] of [10_000, 20_000, 60_000].entries()) analyzer.recordScan('uae-1', ms, at + i)
  analyzer.recordExpiry('uae-1', 120_000, at + 1_000)
  expect(await (await ask(`${metrics}/${key}`, 'viewer')).json()).toEqual({
    ...nothing,
    totalScans: 3,
    averageQRScanTime: 30_000,
    medianQRScanTime: 20_000,
    p95QRScanTime: analyzer.metrics('uae-1').p95QRScanTime,
    confidence: analyzer.metrics('uae-1').confidence,
    recommendedTimeout: analyzer.metrics('uae-1').recommendedTimeout,
    lastUpdated: new Date(at + 1_000).toISOString(),
  })
})

it('an account of which nothing is known has nulls and the base, not an error', async () => {
  const { ask } = await adminStage()
  expect(await (await ask(`${metrics}/uae-1`, 'viewer')).json()).toEqual(nothing)
})

it.each(['', '?scope=accounts'])(
  'every account that is configured, and none that is not ("%s")',
  async (query) => {
    const { ask, analyzer } = await adminStage(3)
    analyzer.recordScan('uae-2', 20_000, at)
    analyzer.recordScan('gone', 20_000, at)
    const all = (await (await ask(metrics + query, 'viewer')).json()) as Record<
      string,
      { totalScans: number }
    >
    expect(Object.entries(all).map(([id, { totalScans }]) => [id, totalScans])).toEqual([
      ['uae-1', 0],
      ['uae-2', 1],
      ['uae-3', 0],
    ])
  },
)

it('the fleet as one, with the people of accounts that are gone', async () => {
  const { ask, analyzer } = await adminStage(2)
  analyzer.recordScan('uae-1', 10_000, at)
  analyzer.recordScan('uae-2', 20_000, at)
  analyzer.recordScan('gone', 60_000, at)
  expect(await (await ask(`${metrics}?scope=fleet`, 'viewer')).json()).toMatchObject({
    totalScans: 3,
    averageQRScanTime: 30_000,
    medianQRScanTime: 20_000,
  })
})

it.each([
  ['Fleet', 'Fleet'],
  ['', ''],
  ['__proto__', '__proto__'],
  ['x'.repeat(500), 'x'.repeat(32)],
])('scope=%s: 400 that says what is allowed', async (scope, found) => {
  const { ask } = await adminStage()
  expect(await problem(await ask(`${metrics}?scope=${scope}`, 'viewer'))).toEqual([
    400,
    'bad-scope',
    `scope: found "${found}", allowed: accounts, fleet`,
  ])
})

it('an account that nobody configured: 404, even when scans of it are known', async () => {
  const { ask, analyzer } = await adminStage()
  analyzer.recordScan('gone', 20_000, at)
  expect(await refusal(await ask(`${metrics}/gone`, 'viewer'))).toBe('404 unknown-account')
})

it('nobody without a token', async () => {
  const { ask } = await adminStage()
  for (const path of [metrics, `${metrics}/uae-1`])
    expect(await refusal(await ask(path, null))).toBe('401 no-token')
})
