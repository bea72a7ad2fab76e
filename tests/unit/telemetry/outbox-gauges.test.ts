// The gauges of the message path show the last count, and a state that has nothing in it has no series of an age.

import { expect, it } from 'vitest'
import { Instruments } from '../../../agent/telemetry/instruments.ts'
import { followOutbox } from '../../../agent/telemetry/outbox-gauges.ts'

it('sums what is open by pool and state, and says how old the oldest is', async () => {
  const instruments = new Instruments('classic')
  const at = Date.now() - 5_000
  let live = [
    { pool: 'sales', state: 'queued', count: 2, acceptedAt: at },
    { pool: 'sales', state: 'queued', count: 3, acceptedAt: at - 60_000 },
    { pool: 'sales', state: 'parked', count: 1, acceptedAt: at },
  ]
  followOutbox(instruments, { live: () => live, limit: 100, failovers: () => ({ enabled: false, open: 2 }) })
  const text = await instruments.registry.metrics()
  expect(text).toContain('whatsapp_outbox_messages{pool="sales",state="queued"} 5')
  expect(text).toContain('whatsapp_outbox_messages{pool="sales",state="parked"} 1')
  expect(text).toMatch(/whatsapp_outbox_oldest_seconds\{pool="sales",state="queued"\} 65\.?/)
  expect(text).toContain('linda_outbox_limit 100')
  expect(text).toContain('linda_failover_enabled 0')
  expect(text).toContain('whatsapp_failovers_open 2')
  live = []
  expect(await instruments.registry.metrics()).not.toMatch(/whatsapp_outbox_(messages|oldest_seconds)\{/)
})
