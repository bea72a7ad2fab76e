// The pager's file: durable before anything is answered, one process at a time, its tables at their last step.

import { Bus } from '../../../agent/events.ts'
import { migrateTo } from '../../../agent/store/migrations.ts'
import { openStore } from '../../../agent/store/open.ts'
import type { Sql } from '../../../agent/store/sql.ts'
import type { Events } from '../events.ts'
import { app, steps } from './schema.ts'

/** @param url `sqlite:FILE`. Rejects with StoreError. */
export async function openPagerStore(url: string, events: Events): Promise<Sql> {
  const bus = new Bus('pager')
  bus.on('store.failed', ({ operation, detail }) => events.tell('store.failed', { operation, detail }))
  const sql = await openStore(url, bus)
  try {
    await migrateTo(sql, steps.length, { app, steps })
    return sql
  } catch (error) {
    await sql.close()
    throw error
  }
}
