// What a scrape shows of the fleet is what the fleet is at that moment: a series goes with the state or account it spoke of.

import { expect, it } from 'vitest'
import { Instruments } from '../../../agent/telemetry/instruments.ts'
import { type AccountView, followFleet } from '../../../agent/telemetry/state-gauges.ts'
import { sessionStates } from '../../../agent/words.ts'

const view: AccountView = {
  id: 'uae-1',
  pool: 'sales',
  role: 'primary',
  region: 'uae',
  epoch: 3,
  state: 'open',
  up: true,
  lastEvidenceAt: 1_700_000_000_500,
  restriction: null,
}

function stage() {
  const to = new Instruments('classic')
  const accounts: AccountView[] = [{ ...view }]
  followFleet(to, { accounts: () => accounts, connects: () => ({ opening: 2, waiting: 7, limit: 5 }) })
  const scrape = async () =>
    (await to.registry.metrics())
      .split('\n')
      .filter((line) => /^(whatsapp|linda)_.* /.test(line) && !line.startsWith('#'))
  return { accounts, scrape }
}

it('shows an account in every gauge', async () => {
  const { scrape } = stage()
  expect(await scrape()).toEqual(
    expect.arrayContaining([
      'whatsapp_account_info{account="uae-1",pool="sales",role="primary",region="uae"} 1',
      'whatsapp_session_up{account="uae-1"} 1',
      'whatsapp_session_state{account="uae-1",state="open"} 1',
      `whatsapp_session_state_code{account="uae-1"} ${sessionStates.indexOf('open')}`,
      'whatsapp_session_last_evidence_timestamp_seconds{account="uae-1"} 1700000000.5',
      'whatsapp_account_restricted{account="uae-1",kind="reachout-timelock"} 0',
      'linda_lease_epoch{account="uae-1"} 3',
      'whatsapp_pool_accounts{pool="sales",role="primary",state="open"} 1',
      'linda_leases_held 1',
      'linda_connects_opening 2',
      'linda_connects_waiting 7',
      'linda_connects_limit 5',
    ]),
  )
})

it('a state that was left has no series any more', async () => {
  const { accounts, scrape } = stage()
  await scrape()
  Object.assign(accounts[0] as AccountView, {
    state: 'restricted',
    up: false,
    restriction: { kind: 'other' },
  })
  const lines = await scrape()
  expect(lines.filter((line) => line.startsWith('whatsapp_session_state{'))).toEqual([
    'whatsapp_session_state{account="uae-1",state="restricted"} 1',
  ])
  expect(lines.filter((line) => line.startsWith('whatsapp_account_restricted'))).toEqual([
    'whatsapp_account_restricted{account="uae-1",kind="other"} 1',
  ])
  expect(lines).toContain('whatsapp_session_up{account="uae-1"} 0')
})

it('an account that is gone leaves no series behind', async () => {
  const { accounts, scrape } = stage()
  await scrape()
  accounts.length = 0
  const lines = await scrape()
  expect(lines.filter((line) => line.includes('uae-1'))).toEqual([])
  expect(lines).toContain('linda_leases_held 0')
})

it('accounts of one pool in one state are counted together, at every scrape anew', async () => {
  const { accounts, scrape } = stage()
  accounts.push(
    { ...view, id: 'uae-2' },
    { ...view, id: 'uae-3', role: 'backup', state: 'failed', up: false },
  )
  for (let i = 0; i < 3; i++)
    expect((await scrape()).filter((line) => line.startsWith('whatsapp_pool_accounts'))).toEqual([
      'whatsapp_pool_accounts{pool="sales",role="primary",state="open"} 2',
      'whatsapp_pool_accounts{pool="sales",role="backup",state="failed"} 1',
    ])
})

it('a session that never heard anything has no time of last evidence, rather than 1970', async () => {
  const { accounts, scrape } = stage()
  Object.assign(accounts[0] as AccountView, { lastEvidenceAt: null })
  expect((await scrape()).filter((line) => line.includes('last_evidence'))).toEqual([])
})
