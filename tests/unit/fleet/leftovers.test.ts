// At the start everything is named that waits or is set for what nobody lists any more, and nothing else.

import { expect, it } from 'vitest'
import { Bus } from '../../../agent/events.ts'
import { findRetired, tellLeftovers } from '../../../agent/fleet/leftovers.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import { openStore } from '../../../agent/store/open.ts'
import { Recorder } from '../../harness/recorder.ts'

it('names pools and accounts with what is left of them', async () => {
  const bus = new Bus('test')
  const events = new Recorder(bus)
  const sql = await openStore('sqlite::memory:', bus)
  await migrate(sql)
  const list = (id: string, pool: string, retired: number) =>
    sql.query(
      `INSERT INTO account (id, node, phone, pool, role, priority, weight, region, retired, changed_at)
       VALUES ($1, 'n', $1, $2, 'backup', 3, '2.5', 'ksa', $3, 0)`,
      [id, pool, retired],
    )
  const set = (scope: string, id: string, name: string, value: string) =>
    sql.query('INSERT INTO routing_setting (scope, id, name, value, changed_at) VALUES ($1, $2, $3, $4, 0)', [
      scope,
      id,
      name,
      value,
    ])
  const mode = (account: string, is: string) =>
    sql.query(
      `INSERT INTO account_mode (account, mode, why, since, failovers, blocked_until, returned_at)
       VALUES ($1, $2, '', 0, 0, 0, 0)`,
      [account, is],
    )
  const wait = (id: string, pool: string) =>
    sql.query(
      `INSERT INTO message (id, wa_id, caller, body_hash, pool, bound, conversation, seq, state, open, attempts, expires_at,
         accepted_at, refused_by, possible_duplicate, payload, steps)
       VALUES ($1, $1, 'c', 'h', $2, 0, $1, 1, 'parked', 1, 0, 0, 0, '', 0, $3, '')`,
      [id, pool, new Uint8Array()],
    )
  await list('now', 'sales', 0)
  await list('old', 'care', 1)
  for (const id of ['sales', 'spare', 'care']) await set('pool', id, 'strategy', 'geo')
  for (const id of ['now', 'old']) await set('account', id, 'weight', '7')
  await set('fleet', 'failover', 'automatic', 'off')
  await mode('now', 'maintenance')
  await mode('old', 'maintenance')
  await mode('older', 'up')
  for (const [i, pool] of ['sales', 'care', 'care'].entries()) await wait(`m${i}`, pool)
  // The file has a pool without an account.
  await tellLeftovers(sql, bus, ['sales', 'spare'])
  const told = events
    .of('routing.left-over')
    .map(({ what, pool, account, value }) => `${what} ${pool ?? account} ${value}`)
  expect(told.sort()).toEqual([
    'messages care 2',
    'mode old maintenance',
    'strategy care geo',
    'weight old 7',
  ])
  expect(await findRetired(sql, 'old')).toEqual({
    account: 'old',
    pool: 'care',
    role: 'backup',
    priority: 3,
    weight: 2.5,
    region: 'ksa',
  })
  expect([await findRetired(sql, 'now'), await findRetired(sql, 'nobody')]).toEqual([null, null])
  await sql.close()
})
