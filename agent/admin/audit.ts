// The audit trail over the API: its rows, newest first, and the proof that none was changed.

import { Hono } from 'hono'
import type { Bus } from '../events.ts'
import { type AuditRow, list } from '../store/audit.ts'
import { verify } from '../store/audit-check.ts'
import type { Sql } from '../store/sql.ts'
import type { AdminEnv } from './auth.ts'
import { serving } from './contract/serve.ts'
import * as endpoints from './endpoints/audit.ts'
import { conditionOf, together } from './filter/sql.ts'
import { nextLink } from './list/link.ts'
import { only } from './list/rows.ts'
import { storedPage } from './list/stored.ts'
import type { Names } from './names.ts'
import { visible } from './scope.ts'
import { stored } from './stored.ts'

const isNumber = (text: string): boolean => /^[1-9]\d{0,14}$/.test(text)

export function auditRoutes(sql: Sql, bus: Bus, names: Names): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  const serve = serving(app, bus)
  serve(endpoints.listAudit, async ({ c, query, reply }) => {
    const { filter = [], sort, limit, cursor: place, fields, ...rest } = await names.checked(c, query)
    const also = together(visible(c), conditionOf(filter, endpoints.auditList.filters))
    // Its own numbers were the cursor before there was one for every list.
    const before = place !== undefined && isNumber(place) ? Number(place) : undefined
    const { rows, nextCursor } = await storedPage(
      { filter, sort, limit, cursor: before === undefined ? place : undefined },
      endpoints.auditList,
      { keyOf: ({ seq }: AuditRow) => String(seq), isKey: isNumber },
      ({ after, ...slice }) =>
        stored(
          list(sql, {
            ...rest,
            ...slice,
            before,
            after: after === undefined ? undefined : Number(after),
            also,
          }),
        ),
    )
    const entries = rows.map(({ at, data, previous: _, ...row }) =>
      only({ ...row, at: new Date(at).toISOString(), data: parse(data) }, fields),
    )
    // A page that is not full is the last one.
    const cursor = rows.length < limit ? null : (rows.at(-1)?.seq ?? null)
    return reply(200, { entries, cursor, nextCursor }, nextLink(c, nextCursor))
  })
  serve(endpoints.verifyAudit, async ({ reply }) => reply(200, await stored(verify(sql))))
  return app
}

/** A row that somebody spoiled is shown as it is. */
function parse(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}
