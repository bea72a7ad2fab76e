// The mode of each account has one series, whether it gets new conversations has another, and both change with the next scrape.

import { expect, it } from 'vitest'
import { Instruments } from '../../../agent/telemetry/instruments.ts'
import { followEligible, followModes } from '../../../agent/telemetry/routing-gauges.ts'

it('shows the mode of each account as it is now', async () => {
  const to = new Instruments('classic')
  const modes = new Map([
    ['uae-1', 'up'],
    ['uae-2', 'draining'],
  ])
  const since = (mode: string) => (mode === 'up' ? null : 1_795_275_000_500)
  followModes(to, () => [...modes].map(([account, mode]) => ({ account, mode, since: since(mode) })))
  const shown = async () =>
    (await to.registry.metrics()).split('\n').filter((line) => line.startsWith('whatsapp_account_mode'))
  expect(await shown()).toEqual([
    'whatsapp_account_mode{account="uae-1",mode="up"} 1',
    'whatsapp_account_mode{account="uae-2",mode="draining"} 1',
    'whatsapp_account_mode_since_timestamp_seconds{account="uae-2"} 1795275000.5',
  ])
  modes.set('uae-2', 'up')
  modes.delete('uae-1')
  expect(await shown()).toEqual(['whatsapp_account_mode{account="uae-2",mode="up"} 1'])
})

it('shows whether each account gets new conversations', async () => {
  const to = new Instruments('classic')
  let eligible = true
  followEligible(to, () => [{ account: 'uae-1', eligible }])
  const shown = async () =>
    (await to.registry.metrics()).split('\n').filter((line) => line.startsWith('whatsapp_account_eligible'))
  expect(await shown()).toEqual(['whatsapp_account_eligible{account="uae-1"} 1'])
  eligible = false
  expect(await shown()).toEqual(['whatsapp_account_eligible{account="uae-1"} 0'])
})
