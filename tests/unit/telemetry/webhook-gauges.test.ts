// The gauges of webhooks show what was counted last, and nothing before anything was counted.

import { expect, it } from 'vitest'
import { renderOpenMetrics } from '../../../agent/telemetry/exposition.ts'
import { Instruments } from '../../../agent/telemetry/instruments.ts'
import { followWebhooks } from '../../../agent/telemetry/webhook-gauges.ts'

it('has a series for each state that is counted, and the age of the oldest', async () => {
  const instruments = new Instruments('openmetrics')
  const counted = { queued: 3, claimed: 1, dead: 2, oldestAt: Date.now() - 60_000 }
  followWebhooks(instruments, {
    views: () => [
      { id: 'crm', backlog: counted },
      { id: 'erp', backlog: { queued: 0, claimed: 0, dead: 0, oldestAt: null } },
      { id: 'new', backlog: null },
    ],
  })
  const lines = (await renderOpenMetrics(instruments.registry)).split('\n')
  const of = (name: string) => lines.filter((line) => line.startsWith(`${name}{`))
  expect(of('linda_webhook_backlog')).toEqual([
    'linda_webhook_backlog{webhook="crm",state="queued"} 3',
    'linda_webhook_backlog{webhook="crm",state="claimed"} 1',
    'linda_webhook_backlog{webhook="crm",state="dead"} 2',
    'linda_webhook_backlog{webhook="erp",state="queued"} 0',
    'linda_webhook_backlog{webhook="erp",state="claimed"} 0',
    'linda_webhook_backlog{webhook="erp",state="dead"} 0',
  ])
  expect(of('linda_webhook_oldest_seconds')).toEqual([
    expect.stringMatching(/^linda_webhook_oldest_seconds\{webhook="crm"\} 6\d\./),
    'linda_webhook_oldest_seconds{webhook="erp"} 0',
  ])
})
