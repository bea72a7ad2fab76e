// What becomes of a delivery before it is sent: a table of what is wanted now, and of attempts that nobody judged.

import { expect, it } from 'vitest'
import { beforeSending, type Head } from '../../../agent/webhooks/before-sending.ts'
import type { Wishes } from '../../../agent/webhooks/notice.ts'
import { usual } from '../../../agent/webhooks/settings.ts'

const now = Date.UTC(2026, 10, 21, 12)
const fresh: Head = { type: 'message.received', pool: 'sales', attempts: 0, createdAt: now - usual.othersMs }
const sales: Wishes = { events: [], pools: ['sales'] }
const removed = { state: 'dead', why: 'removed', error: 'the webhook no longer wants it' }
const left = { state: 'queued', nextAt: now + 30_000, error: 'not wanted here, left to others' }

it.each<[string, Partial<Head>, Wishes, object | null]>([
  ['is wanted', {}, sales, null],
  ['is wanted as everything is', { pool: 'hr' }, { events: [], pools: [] }, null],
  ['is of another pool', { pool: 'hr' }, sales, removed],
  ['is of another type', {}, { events: ['session.state'], pools: [] }, removed],
  ['is of another pool, and new', { pool: 'hr', createdAt: now - usual.othersMs + 1 }, sales, left],
  ['has its last attempt before it', { attempts: usual.attempts - 1 }, sales, null],
  [
    'had its last attempt',
    { attempts: usual.attempts },
    sales,
    { state: 'dead', why: 'gave-up', error: '20 attempts, the last one without an outcome' },
  ],
  ['is not wanted and had its last attempt', { pool: 'hr', attempts: 500 }, sales, removed],
])('what %s', (_, head, wishes, verdict) => {
  expect(beforeSending({ ...fresh, ...head }, wishes, now, usual)).toEqual(verdict)
})
