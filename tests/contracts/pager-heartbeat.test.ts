// The silence of Alertmanager is paged, its return ends that page, and somebody outside is told while all is well.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startTwilio, type Twilio } from '../harness/providers/twilio.ts'
import { until } from '../harness/until.ts'
import { type Stage, startStage, webhook } from './pager.ts'

let twilio: Twilio
let stage: Stage
let calls = 0
const outside = createServer((_, response) => {
  calls += 1
  response.end('OK')
})

beforeAll(async () => {
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve))
  twilio = await startTwilio()
  stage = await startStage(
    { twilio },
    {
      heartbeat: {
        late_after: '1s',
        url: `http://127.0.0.1:${(outside.address() as AddressInfo).port}/ping`,
      },
      recipients: { alice: { phone: '+971505760056' } },
      receivers: { default: { channels: ['sms'], recipients: ['alice'], resolved: ['sms'] } },
    },
  )
})
afterAll(async () => {
  await stage.end()
  await twilio.close()
  outside.close()
})

const beat = () => stage.client.page('default', { alert: 'Watchdog', severity: 'info' })

it('is a heartbeat and no page', async () => {
  expect(await beat()).toMatchObject({ status: 200, body: { verdict: 'heartbeat' } })
  await until('somebody outside is told', () => calls === 1)
  await beat()
  expect(await stage.metric('pager_heartbeat_timestamp_seconds')).toBeGreaterThan(Date.now() / 1_000 - 60)
  expect(await stage.metric('pager_heartbeat_pings_total{outcome="ok"}')).toBe(1)
  expect(await stage.client.history()).toEqual([])
})

it('pages when it stays away, once, and says when it is back', async () => {
  await until('it is paged', () => twilio.taken.length === 1)
  expect(twilio.taken[0]?.text).toContain('nothing comes from Alertmanager any more')
  await beat()
  await until('its return is told', () => twilio.taken.length === 2)
  expect(twilio.taken[1]?.text).toContain('HeartbeatLost on the fleet is over')
  expect((await stage.client.history()).map(({ type, metadata }) => [type, metadata.kind])).toEqual([
    ['HEARTBEAT_LOST', 'resolved'],
    ['HEARTBEAT_LOST', 'firing'],
  ])
  expect(calls).toBe(1)
})

it('carries pages beside the heartbeat', async () => {
  const mixed = webhook({ alert: 'Watchdog', severity: 'info' }) as { alerts: object[] }
  mixed.alerts.push(...(webhook({ alert: 'Beside' }) as typeof mixed).alerts)
  expect((await stage.client.post('/v4/webhook/default', mixed)).body).toEqual({ verdict: 'open' })
  await until('it is told', () => twilio.taken.some(({ text }) => text.includes('Beside on')))
})

it('measures silence by a clock that nobody sets', async () => {
  const kinds = async (kind: string) =>
    (await stage.client.history()).filter(
      ({ type, metadata }) => type === 'HEARTBEAT_LOST' && metadata.kind === kind,
    ).length
  await until('nothing is missing', async () => {
    await beat()
    return (await kinds('firing')) === (await kinds('resolved'))
  })
  const before = await kinds('firing')
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 600_000 })
  try {
    // Several looks, and less than would be late.
    const lookedAt = performance.now()
    await until('it was looked at', () => performance.now() > lookedAt + 400)
    await beat()
    expect(await kinds('firing')).toBe(before)
  } finally {
    vi.useRealTimers()
  }
  // Ten minutes ago from where it was.
  await beat()
  await until('the silence is paged', async () => (await kinds('firing')) === before + 1)
})
