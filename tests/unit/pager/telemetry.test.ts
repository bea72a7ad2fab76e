// The pager's metrics keep to the conventions, every event is counted where it should be, and what alerts ask for is there from the start.

import { expect, it } from 'vitest'
import { Instruments } from '../../../agent/telemetry/instruments.ts'
import { type EventData, Events, type EventType, levels } from '../../../alertmanager/pager/events.ts'
import { catalogue } from '../../../alertmanager/pager/telemetry/catalogue.ts'
import { recordEvents, startAtZero } from '../../../alertmanager/pager/telemetry/record.ts'

/** Labels whose values come from a list in the code or from the configuration. */
const bounded = [
  'channel',
  'outcome',
  'state',
  'via',
  'kind',
  'what',
  'operation',
  'doing',
  'version',
  'node_version',
]

it.each(Object.values(catalogue))('$name is conventional', ({ name, type, unit, help, labels }) => {
  expect(name).toMatch(/^pager_[a-z]+(_[a-z]+)*$/)
  expect(name.endsWith('_total')).toBe(type === 'counter')
  expect(name.endsWith('_seconds')).toBe(unit === 'seconds')
  expect(help).toMatch(/^[A-Z].*\.$/)
  for (const label of labels) expect(bounded).toContain(label)
})

const of = { page: 'p', delivery: 'd', recipient: 'alice', channel: 'sms' } as const
const cases: { [T in EventType]?: [EventData[T], string[]] } = {
  'webhook.accepted': [
    { receiver: 'sms', verdict: 'open', page: 'p', deliveries: 1 },
    ['pager_webhooks_total{outcome="accepted"} 1'],
  ],
  'webhook.refused': [{ status: 400, why: 'x' }, ['pager_webhooks_total{outcome="refused"} 1']],
  'webhook.failed': [{ detail: 'x' }, ['pager_webhooks_total{outcome="failed"} 1']],
  'webhook.mistaken': [
    { what: 'odd-severity', receiver: 'sms' },
    ['pager_mistakes_total{what="odd-severity"} 1'],
  ],
  'page.acknowledged': [
    { page: 'p', via: 'key', who: 'alice', cancelled: 0 },
    ['pager_acknowledgements_total{via="key"} 1'],
  ],
  'delivery.spared': [
    { page: 'p', recipient: 'alice', channel: 'sms' },
    ['pager_duplicates_total{channel="sms"} 1'],
  ],
  'delivery.tried': [
    { ...of, attempt: 1, outcome: 'busy', code: '20429', ms: 1 },
    ['pager_attempts_total{channel="sms",outcome="busy"} 1'],
  ],
  'delivery.retried': [{ ...of, inMs: 1 }, ['pager_retries_total{channel="sms"} 1']],
  'delivery.doubtful': [{ ...of, why: 'killed' }, ['pager_possible_duplicates_total{channel="sms"} 1']],
  'delivery.ended': [
    { ...of, outcome: 'sent', delayMs: 2_000 },
    [
      'pager_notifications_total{channel="sms",outcome="sent"} 1',
      'pager_notification_delay_seconds_sum{channel="sms"} 2',
    ],
  ],
  'callback.heard': [
    { kind: 'key', outcome: 'refused' },
    ['pager_callbacks_total{kind="key",outcome="refused"} 1'],
  ],
  'heartbeat.heard': [{ at: 1_500 }, ['pager_heartbeat_timestamp_seconds 1.5']],
  'heartbeat.passed-on': [{ outcome: 'ok', code: '200' }, ['pager_heartbeat_pings_total{outcome="ok"} 1']],
  'store.failed': [{ operation: 'select', detail: 'x' }, ['pager_store_errors_total{operation="select"} 1']],
  'pager.failed': [{ doing: 'api', detail: 'x' }, ['pager_failures_total{doing="api"} 1']],
}

function instruments() {
  const to = new Instruments('openmetrics', catalogue)
  const events = new Events()
  recordEvents(events, to)
  const lines = async () =>
    (await to.registry.metrics()).split('\n').filter((line) => line.startsWith('pager_'))
  return { to, events, lines }
}

it.each(Object.entries(cases))('%s is counted', async (type, [data, expected]) => {
  const { events, lines } = instruments()
  const before = await lines()
  events.tell(type as EventType, data as never)
  const after = (await lines()).filter((line) => !before.includes(line))
  for (const line of expected) expect(after).toContain(line)
})

it('counts no other event', async () => {
  const { events, lines } = instruments()
  const before = await lines()
  for (const type of Object.keys(levels) as EventType[]) if (!(type in cases)) events.tell(type, {} as never)
  expect(await lines()).toEqual(before)
})

it('has the series of every channel that is configured, and of no other, from the start', async () => {
  const { to, lines } = instruments()
  startAtZero(to, ['sms'])
  const all = await lines()
  expect(all).toContain('pager_notifications_total{channel="sms",outcome="failed"} 0')
  expect(all).toContain('pager_possible_duplicates_total{channel="sms"} 0')
  expect(all.filter((line) => line.includes('voice'))).toEqual([])
})
