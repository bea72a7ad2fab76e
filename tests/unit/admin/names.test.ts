// A name in a query is answered where the configuration or the store knows it, and refused where nobody does.

import { expect, it } from 'vitest'
import { adminStage, problem } from './stage.ts'

const lists = ['/api/messages', '/api/failovers', '/api/audit']

it('names that are listed, or were, are answered; others are a 404 that names those that there are', async () => {
  const { ask, sql } = await adminStage(1)
  await sql.query(
    `INSERT INTO account (id, phone, pool, role, priority, weight, region, node, changed_at, retired)
     VALUES ('old-1', '+971500000077', 'former', 'primary', 1, '1', 'uae', 'node-1', 0, 1)`,
  )
  for (const path of lists) {
    for (const query of ['pool=sales', 'pool=empty', 'pool=former', 'account=uae-1', 'account=old-1'])
      expect((await ask(`${path}?${query}`)).status, `${path}?${query}`).toBe(200)
    const [status, code, detail] = await problem(await ask(`${path}?pool=nope`))
    expect([status, code, detail]).toEqual([
      404,
      'unknown-pool',
      'no pool has the name "nope"; there are sales, empty',
    ])
    expect((await problem(await ask(`${path}?account=nope`)))[1]).toBe('unknown-account')
  }
  expect((await ask('/api/events?account=old-1')).status).toBe(200)
  expect((await problem(await ask('/api/events?account=nope')))[1]).toBe('unknown-account')
})
