// The history in the store's own table: nothing else to install, the same events, gone after the same time.

import { setImmediate as turn } from 'node:timers/promises'
import type { Row, Sql, Value } from '../store/sql.ts'
import { whereOf } from '../store/where.ts'
import { checkRange, dataOf, type EventQuery, type History, type KeptEvent } from './port.ts'

/** Rows of one delete: about a millisecond on SQLite, during which other writers wait. */
const PRUNE_BATCH = 500

interface EventRow extends Row {
  id: string
  at: number
  type: string
  account: string | null
  data: string
}

/** @param sql stays open when the history is closed */
export function embeddedHistory(sql: Sql): History {
  return {
    driver: 'embedded',
    async append(events) {
      if (events.length === 0) return
      const places = events.map(
        (_, i) => `($${5 * i + 1}, $${5 * i + 2}, $${5 * i + 3}, $${5 * i + 4}, $${5 * i + 5})`,
      )
      const values: Value[] = events.flatMap((event) => {
        const { id, at, type, account } = event
        return [id, at, type, account ?? null, dataOf(event)]
      })
      await sql.query(
        `INSERT INTO event (id, at, type, account, data) VALUES ${places.join(', ')} ON CONFLICT (id) DO NOTHING`,
        values,
      )
    },
    read: (query) => read(sql, query),
    async prune(before, stop) {
      let pruned = 0
      while (!stop?.aborted) {
        const gone = await sql.query(
          `DELETE FROM event WHERE id IN (SELECT id FROM event WHERE at < $1 ORDER BY at LIMIT ${PRUNE_BATCH}) RETURNING id`,
          [before],
        )
        pruned += gone.length
        if (gone.length < PRUNE_BATCH) return pruned
        await turn()
      }
      return pruned
    },
    close() {},
  }
}

async function read(sql: Sql, query: EventQuery): Promise<KeptEvent[]> {
  checkRange(query)
  const values: Value[] = [query.limit]
  const where = whereOf(
    [
      ['account =', query.account],
      ['type =', query.type],
      ['at >=', query.since],
      ['at <', query.until],
    ],
    values,
  )
  const rows = await sql.query<EventRow>(
    `SELECT id, at, type, account, data FROM event ${where} ORDER BY at DESC, id DESC LIMIT $1`,
    values,
  )
  return rows.map(({ id, at, type, account, data }) => ({ id, at, type, account, ...JSON.parse(data) }))
}
