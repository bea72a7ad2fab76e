// What is read from a webhook: which page it is, how grave, whose account, and no phone number.

import { expect, it } from 'vitest'
import { groupOf, hasHeartbeat, webhook } from '../../../alertmanager/pager/decide/group.ts'
import { type Fires, webhook as posted } from '../../contracts/pager.ts'

const read = (fires: Fires) => webhook.parse(posted(fires))
const group = (fires: Fires) => groupOf(read(fires), 'Watchdog')

it('is one page for all tiers and severities of an alert, and another for another account', () => {
  const { page } = group({ alert: 'A' }) ?? {}
  expect(group({ alert: 'A', tier: '2', severity: 'warning', groupKey: 'else' })?.page).toBe(page)
  expect(group({ alert: 'A', account: 'ksa-1' })?.page).not.toBe(page)
  expect(group({ alert: 'B' })?.page).not.toBe(page)
})

it('is the key of the group where the group has no labels', () => {
  const without = (groupKey: string) =>
    groupOf({ ...read({ alert: 'A' }), groupLabels: {}, groupKey }, '')?.page
  expect(without('one')).toBe(without('one'))
  expect(without('one')).not.toBe(without('two'))
})

it.each([
  [
    { alert: 'A', severity: 'warning' },
    { severity: 'warning', oddSeverity: false },
  ],
  [
    { alert: 'A', severity: 'page' },
    { severity: 'critical', oddSeverity: true },
  ],
  [{ alert: 'A', others: ['b', 'c'] }, { content: { account: null, count: 3 } }],
  [
    { alert: 'A', status: 'resolved' as const },
    { firing: [], resolved: [{ fingerprint: 'A-uae-1-' }] },
  ],
  [{ alert: 'A', account: '+971505760056' }, { content: { account: '+971***56' } }],
  [
    { alert: 'A', annotations: { summary: 'Call +971505760056 now', runbook_url: 'not a url' } },
    { content: { summary: 'Call +971***56 now', runbook: null } },
  ],
  [
    { alert: 'A', account: 'shop-20261121' },
    { content: { account: 'shop-20261121', where: 'shop-20261121' } },
  ],
  [
    {
      alert: 'A',
      annotations: {
        summary: 'Call +971 50 576 0056 or 971-50-576-0056',
        action: 'since 2026-11-21 18:00 on 192.168.100.200',
      },
    },
    {
      content: { summary: 'Call +971***56 or 971***56', action: 'since 2026-11-21 18:00 on 192.168.100.200' },
    },
  ],
  [
    { alert: 'A', annotations: { summary: `disk \u0007 full ${'x'.repeat(487)}\u{1F525}\u{1F525}` } },
    { content: { summary: `disk   full ${'x'.repeat(487)}\u{1F525}` } },
  ],
])('reads %j', (fires, expected) => {
  expect(group(fires)).toMatchObject(expected)
})

it('names nobody for those that max_alerts left out', () => {
  const truncated = (groupLabels: Record<string, string>) =>
    groupOf({ ...read({ alert: 'A', account: 'b' }), groupLabels, truncatedAlerts: 4 }, '')
  expect(truncated({ alertname: 'A' })).toMatchObject({
    truncated: true,
    content: { account: null, where: null, count: 5 },
  })
  expect(truncated({ account: 'b' })).toMatchObject({ content: { account: 'b', where: 'b', count: 5 } })
})

it('knows the heartbeat, and leaves it out of the page', () => {
  const watchdog = { alert: 'Watchdog', job: 'linda' }
  const beat = read({ alert: 'Watchdog' })
  expect(hasHeartbeat(beat, watchdog)).toBe(true)
  expect(groupOf(beat, 'Watchdog')).toBeNull()
  expect(hasHeartbeat(read({ alert: 'Watchdog', status: 'resolved' }), watchdog)).toBe(false)
  expect(hasHeartbeat(read({ alert: 'A' }), watchdog)).toBe(false)
  // Of another Prometheus.
  expect(hasHeartbeat(read({ alert: 'Watchdog', job: 'other' }), watchdog)).toBe(false)
  expect(hasHeartbeat(read({ alert: 'Watchdog', job: 'other' }), { ...watchdog, job: null })).toBe(true)
})

it('takes what a later Alertmanager adds, and nothing of another version', () => {
  expect(webhook.safeParse({ ...posted({ alert: 'A' }), more: 1 }).success).toBe(true)
  for (const wrong of [{ version: '3' }, { alerts: [] }, { groupKey: '' }, { status: 'odd' }])
    expect(webhook.safeParse({ ...posted({ alert: 'A' }), ...wrong }).success, JSON.stringify(wrong)).toBe(
      false,
    )
})

it.each<[string, Record<string, string>[], string | null]>([
  ['the account of a pool', [{ account: 'uae-1', pool: 'sales', instance: 'a:9464' }], 'uae-1'],
  ['a pool', [{ pool: 'sales', instance: 'a:9464' }], 'sales'],
  ['a webhook', [{ webhook: 'crm', instance: 'a:9464' }], 'crm'],
  ['an agent', [{ instance: 'node-7:9464' }], 'node-7:9464'],
  ['an agent by its address', [{ instance: '10.123.45.67:9464' }], '10.123.45.67:9464'],
  [
    'several accounts of one pool',
    [
      { account: 'a1', pool: 'sales' },
      { account: 'a2', pool: 'sales' },
    ],
    null,
  ],
  ['one alert that has none', [{ pool: 'sales' }, {}], null],
  ['nothing', [{ driver: 'sqlite' }], null],
])('names %s', (_, all, where) => {
  const read = webhook.parse(posted({ alert: 'A' }))
  const [first] = read.alerts
  const alerts = all.map((labels) => ({
    ...first,
    labels: { alertname: 'A', severity: 'critical', ...labels },
  }))
  expect(groupOf({ ...read, alerts } as typeof read, '')?.content.where).toBe(where)
})
