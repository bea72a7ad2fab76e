// What Alertmanager is answered when nothing could be kept: ask again, and never that it was taken.

import { expect, it } from 'vitest'
import { Secret } from '../../../agent/config/secret.ts'
import { type Event, Events } from '../../../alertmanager/pager/events.ts'
import { apiApp } from '../../../alertmanager/pager/http/api.ts'
import { webhook } from '../../contracts/pager.ts'

const fails = async (): Promise<never> => {
  throw new Error('the disk is full')
}

it.each([
  ['a page', 'DiskFull'],
  ['a heartbeat', 'Watchdog'],
])('answers 503 where %s could not be kept', async (_, alert) => {
  const events = new Events()
  const told: Event['type'][] = []
  events.hear(({ type }) => told.push(type))
  const app = apiApp({
    token: new Secret('0123456789abcdef'),
    events,
    beat: { alert: 'Watchdog', job: null },
    history: {} as never,
    accept: fails,
    heartbeat: fails,
    acknowledge: fails,
  })
  const answer = await app.request('/v4/webhook/sms', {
    method: 'POST',
    headers: { authorization: 'Bearer 0123456789abcdef', 'content-type': 'application/json' },
    body: JSON.stringify(webhook({ alert })),
  })
  expect(answer.status).toBe(503)
  expect(answer.headers.get('retry-after')).toBe('5')
  expect(await answer.text()).not.toContain('disk is full')
  expect(told).toEqual(['webhook.failed'])
})
