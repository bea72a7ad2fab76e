// Failovers: what was decided and why, and what a person may decide: switch over, clear, switch off.

import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Bus } from '../events.ts'
import type { FailoverDesk } from '../fleet/failover/desk.ts'
import type { Failover } from '../fleet/failover/rows.ts'
import { iso } from '../iso.ts'
import { type AdminEnv, authorOf } from './auth.ts'
import { serving } from './contract/serve.ts'
import * as endpoints from './endpoints/failovers.ts'
import { conditionOf, together } from './filter/sql.ts'
import { nextLink } from './list/link.ts'
import { only } from './list/rows.ts'
import { storedPage } from './list/stored.ts'
import type { Names } from './names.ts'
import { Problem } from './problem.ts'
import { isUuid } from './schemas/scalars.ts'
import { failoverUnderWay, sees, unknownAccount, visible } from './scope.ts'
import { stored } from './stored.ts'

export interface FailoverParts {
  desk: FailoverDesk
  /** The account with its pool, by id or phone; null where nobody lists it. */
  find(key: string): { account: string; pool: string } | null
  bus: Bus
}

function viewOfFailover(f: Failover) {
  const { faultAt, startedAt, changedAt, endedAt, data, ...rest } = f
  const { who, origin, hard, to, holder, had, ranking, tried, moved, conversations, unsure } = data
  return {
    ...rest,
    ...{ who, origin, hard, to, holder, had, ranking, tried, moved, conversations, unsure },
    faultAt: iso(faultAt),
    startedAt: iso(startedAt),
    changedAt: iso(changedAt),
    endedAt: iso(endedAt),
    steps: data.steps.map(({ at, state, note }) => ({ at: iso(at), state, ...(note && { note }) })),
  }
}

export function failoverRoutes({ desk, find, bus }: FailoverParts, names: Names): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  const serve = serving(app, bus)
  const known = (c: Context<AdminEnv>, key: string, found = find(key)): { account: string; pool: string } => {
    if (!found || !sees(c, found.pool)) throw unknownAccount(key)
    return found
  }
  serve(endpoints.listFailovers, async ({ c, query, reply }) => {
    const { filter = [], sort, limit, cursor, fields, ...rest } = await names.checked(c, query)
    const also = together(visible(c), conditionOf(filter, endpoints.failoverList.filters))
    const { rows, nextCursor } = await storedPage(
      { filter, sort, limit, cursor },
      endpoints.failoverList,
      { keyOf: ({ id }: Failover) => id, isKey: isUuid },
      (slice) => stored(desk.list({ ...rest, ...slice, also })),
    )
    const page = {
      automatic: automatic(),
      failovers: rows.map((row) => only(viewOfFailover(row), fields)),
      next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null,
      nextCursor,
    }
    return reply(200, page, nextLink(c, nextCursor))
  })
  serve(endpoints.beginFailover, async ({ c, body: { from, to, kind }, reply }) => {
    // Who is not listed any more may still have messages that wait for it.
    const { account, pool } = known(c, from, find(from) ?? (await stored(desk.retired(from))))
    const target = to === undefined ? null : known(c, to)
    if (target && target.pool !== pool)
      throw new Problem(
        400,
        'bad-body',
        `to: ${target.account} is in the pool ${target.pool}, ${account} in ${pool}`,
      )
    if (target?.account === account)
      throw new Problem(400, 'bad-body', 'to: found from itself, allowed: another account')
    const wish = { pool, from: account, to: target?.account ?? null, kind, ...authorOf(c) }
    const f = await stored(desk.wish(wish))
    if (!f) throw failoverUnderWay(account)
    return reply(202, viewOfFailover(f), { location: `/api/failovers/${f.id}` })
  })
  serve(endpoints.clearFailover, async ({ c, body, reply }) => {
    const { account, pool } = known(c, body.account)
    const { who, origin } = authorOf(c)
    if (!(await stored(desk.clear(account, pool, who, origin)))) throw failoverUnderWay(account)
    return reply(200, { account, cleared: true })
  })
  serve(endpoints.switchFailover, async ({ c, body, reply }) => {
    const { who, origin } = authorOf(c)
    await stored(desk.switch(body.automatic, who, origin))
    return reply(200, { automatic: automatic() })
  })
  serve(endpoints.getFailover, async ({ c, params, reply }) => {
    const id = z.uuid().safeParse(params.id).data
    const f = id === undefined ? null : await stored(desk.find(id))
    if (!f || !sees(c, f.pool)) throw new Problem(404, 'not-found', 'there is no failover with this id')
    return reply(200, viewOfFailover(f))
  })
  return app

  function automatic(): 'on' | 'off' {
    return desk.enabled ? 'on' : 'off'
  }
}
