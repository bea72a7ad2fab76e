// The kept events over HTTP: filtered, limited, newest first, and a wrong question is named.

import { expect, it, vi } from 'vitest'
import { StoreError } from '../../../agent/store/sql.ts'
import { adminStage, problem } from './stage.ts'

async function withEvents() {
  const stage = await adminStage()
  for (const [i, account] of ['uae-1', 'old-1', 'uae-1'].entries())
    await stage.sql.query('INSERT INTO event (id, at, type, account, data) VALUES ($1, $2, $3, $4, $5)', [
      `e${i}`,
      Date.parse(`2026-11-20T21:0${i}:00Z`),
      'session.opened',
      account,
      '{"ms":7}',
    ])
  const ids = async (query: string) => {
    const { events } = (await (await stage.ask(`/api/events${query}`, 'viewer')).json()) as {
      events: { id: string }[]
    }
    return events.map(({ id }) => id)
  }
  return { ...stage, ids }
}

it('answers the newest first, by account id or phone, since a time, as many as asked', async () => {
  const { ids, ask } = await withEvents()
  expect(await ids('')).toEqual(['e2', 'e1', 'e0'])
  expect(await ids('?account=uae-1')).toEqual(['e2', 'e0'])
  expect(await ids('?account=old-1')).toEqual(['e1'])
  expect(await ids('?since=2026-11-20T21:01:00Z&limit=1')).toEqual(['e2'])
  expect(await ids('?since=2026-11-20T21:01:00Z&until=2026-11-20T21:02:00Z')).toEqual(['e1'])
  expect(await (await ask('/api/events?limit=1', 'viewer')).json()).toEqual({
    events: [{ id: 'e2', at: '2026-11-20T21:02:00.000Z', type: 'session.opened', account: 'uae-1', ms: 7 }],
    nextCursor: expect.any(String),
  })
})

it.each([
  ['?limit=0', 'limit'],
  ['?limit=1001', 'limit'],
  ['?since=yesterday', 'since'],
  ['?until=2026', 'until'],
  ['?since=2026-11-20T21:00:00Z&until=2026-11-20T20:00:00Z', 'since 2026-11-20T21:00:00.000Z is after until'],
  ['?type=DROP TABLE', 'type'],
  ['?colour=red', 'colour'],
])('refuses %s and names it', async (query, name) => {
  const { ask } = await withEvents()
  const [status, , detail] = await problem(await ask(`/api/events${query}`, 'viewer'))
  expect(status).toBe(400)
  expect(detail).toContain(name)
})

it('a phone that nobody has is a 404', async () => {
  const { ask } = await withEvents()
  expect((await ask('/api/events?account=%2B999', 'viewer')).status).toBe(404)
})

it('a history that is away is a 503 that says so', async () => {
  const { ask, sql, errors } = await withEvents()
  vi.spyOn(sql, 'query').mockRejectedValue(new StoreError('the disk is gone'))
  expect(await problem(await ask('/api/events', 'viewer'))).toEqual([
    503,
    'history-unavailable',
    'the history cannot be read now: the disk is gone',
  ])
  expect(errors).toEqual([])
})
