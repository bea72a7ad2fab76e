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
    { firing: false, occurrences: [] },
  ],
  [{ alert: 'A', account: '+971505760056' }, { content: { account: '+971***56' } }],
  [
    { alert: 'A', annotations: { summary: 'Call +971505760056 now', runbook_url: 'not a url' } },
    { content: { summary: 'Call +971***56 now', runbook: null } },
  ],
])('reads %j', (fires, expected) => {
  expect(group(fires)).toMatchObject(expected)
})

it('knows the heartbeat, and leaves it out of the page', () => {
  const beat = read({ alert: 'Watchdog' })
  expect(hasHeartbeat(beat, 'Watchdog')).toBe(true)
  expect(groupOf(beat, 'Watchdog')).toBeNull()
  expect(hasHeartbeat(read({ alert: 'Watchdog', status: 'resolved' }), 'Watchdog')).toBe(false)
  expect(hasHeartbeat(read({ alert: 'A' }), 'Watchdog')).toBe(false)
})

it('takes what a later Alertmanager adds, and nothing of another version', () => {
  expect(webhook.safeParse({ ...posted({ alert: 'A' }), more: 1 }).success).toBe(true)
  for (const wrong of [{ version: '3' }, { alerts: [] }, { groupKey: '' }, { status: 'odd' }])
    expect(webhook.safeParse({ ...posted({ alert: 'A' }), ...wrong }).success, JSON.stringify(wrong)).toBe(
      false,
    )
})
