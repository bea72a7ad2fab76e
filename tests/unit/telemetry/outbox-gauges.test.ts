// The gauges of the message path show the last count, and a state that has nothing in it has no series of an age.

import { expect, it } from 'vitest'
import { Instruments } from '../../../agent/telemetry/instruments.ts'
import { followOutbox } from '../../../agent/telemetry/outbox-gauges.ts'

it('sums what is open by pool and state, and says how old the oldest is', async () => {
  const instruments = new Instruments('classic')
  const at = Date.now() - 5_000
  let live = [
    { pool: 'sales', state: 'queued', account: 'a', count: 2, acceptedAt: at },
    { pool: 'sales', state: 'queued', account: 'b', count: 3, acceptedAt: at - 60_000 },
    { pool: 'sales', state: 'sent', account: 'b', count: 4, acceptedAt: at },
    { pool: 'sales', state: 'unknown', account: 'b', count: 5, acceptedAt: at },
    { pool: 'sales', state: 'parked', account: null, count: 1, acceptedAt: at },
  ]
  followOutbox(instruments, {
    live: () => live,
    days: () => [
      { account: 'a', sent: 2, allowance: 50 },
      { account: 'b', sent: 50, allowance: 50 },
    ],
    spent: () => ['b'],
    limit: 100,
    failovers: () => ({ enabled: false, open: 2 }),
  })
  const text = await instruments.registry.metrics()
  expect(text).toContain('whatsapp_outbox_messages{pool="sales",state="queued"} 5')
  expect(text).toContain('whatsapp_outbox_messages{pool="sales",state="parked"} 1')
  expect(text).toMatch(/whatsapp_outbox_oldest_seconds\{pool="sales",state="queued"\} 65\.?/)
  // On their way they wait for no limit.
  expect(text).toContain('whatsapp_outbox_limited_messages{pool="sales"} 8')
  expect(text).toContain('whatsapp_account_day_messages{account="b"} 50')
  expect(text).toContain('whatsapp_account_day_limit{account="a"} 50')
  expect(text).toContain('linda_outbox_limit 100')
  expect(text).toContain('linda_failover_enabled 0')
  expect(text).toContain('whatsapp_failovers_open 2')
  live = []
  expect(await instruments.registry.metrics()).not.toMatch(
    /whatsapp_outbox_(messages|oldest_seconds|limited_messages)\{/,
  )
})
