// What a scrape shows of the scan times is what is known at that moment, in seconds; what nobody knows has no series.

import { expect, it } from 'vitest'
import { Instruments } from '../../../agent/telemetry/instruments.ts'
import { followLearning, type LearnedView } from '../../../agent/telemetry/learning-gauges.ts'

const nothing: LearnedView = { windowMs: 120_000, confidence: 0, medianMs: null, p95Ms: null }

function stage() {
  const to = new Instruments('classic')
  const known = {
    accounts: [{ id: 'uae-1', ...nothing }],
    fleet: nothing,
  }
  followLearning(to, { accounts: () => known.accounts, fleet: () => known.fleet })
  const scrape = async () =>
    (await to.registry.metrics())
      .split('\n')
      .filter((line) => /^whatsapp_(fleet_)?(qr_scan_quantile|pairing_(window|confidence))/.test(line))
  return { known, scrape }
}

it('without a scan there is the window, and a confidence of zero, and no time that nobody has measured', async () => {
  const { scrape } = stage()
  expect(await scrape()).toEqual([
    'whatsapp_pairing_window_seconds{account="uae-1"} 120',
    'whatsapp_pairing_confidence_ratio{account="uae-1"} 0',
  ])
})

it('times are in seconds, for each account and for the fleet', async () => {
  const { known, scrape } = stage()
  known.accounts = [{ id: 'uae-1', windowMs: 96_500, confidence: 0.875, medianMs: 18_250, p95Ms: 84_000 }]
  known.fleet = { windowMs: 1, confidence: 1, medianMs: 20_000, p95Ms: 90_000 }
  expect((await scrape()).sort()).toEqual([
    'whatsapp_fleet_qr_scan_quantile_seconds{quantile="0.5"} 20',
    'whatsapp_fleet_qr_scan_quantile_seconds{quantile="0.95"} 90',
    'whatsapp_pairing_confidence_ratio{account="uae-1"} 0.875',
    'whatsapp_pairing_window_seconds{account="uae-1"} 96.5',
    'whatsapp_qr_scan_quantile_seconds{account="uae-1",quantile="0.5"} 18.25',
    'whatsapp_qr_scan_quantile_seconds{account="uae-1",quantile="0.95"} 84',
  ])
})

it('a median may be known before the p95 is', async () => {
  const { known, scrape } = stage()
  known.accounts = [{ id: 'uae-1', ...nothing, medianMs: 18_000 }]
  known.fleet = { ...nothing, medianMs: 18_000 }
  expect((await scrape()).filter((line) => line.includes('quantile'))).toEqual([
    'whatsapp_qr_scan_quantile_seconds{account="uae-1",quantile="0.5"} 18',
    'whatsapp_fleet_qr_scan_quantile_seconds{quantile="0.5"} 18',
  ])
})

it('a time of zero is a time', async () => {
  const { known, scrape } = stage()
  known.fleet = { ...nothing, medianMs: 0, p95Ms: 0 }
  expect((await scrape()).filter((line) => line.includes('fleet'))).toEqual([
    'whatsapp_fleet_qr_scan_quantile_seconds{quantile="0.5"} 0',
    'whatsapp_fleet_qr_scan_quantile_seconds{quantile="0.95"} 0',
  ])
})

it('what is forgotten, and an account that is gone, leave no series behind', async () => {
  const { known, scrape } = stage()
  known.accounts = ['uae-1', 'uae-2'].map((id) => ({ id, ...nothing, medianMs: 1, p95Ms: 2 }))
  known.fleet = { ...nothing, medianMs: 1, p95Ms: 2 }
  expect(await scrape()).toHaveLength(2 * 4 + 2)
  known.accounts = [{ id: 'uae-2', ...nothing }]
  known.fleet = nothing
  for (let i = 0; i < 2; i++)
    expect((await scrape()).map((line) => line.replace(/ .*/, ''))).toEqual([
      'whatsapp_pairing_window_seconds{account="uae-2"}',
      'whatsapp_pairing_confidence_ratio{account="uae-2"}',
    ])
})
