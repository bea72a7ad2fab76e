// Webhooks over the API: what waits for each, which deliveries those are, and another chance for dead letters; never what is in them.

import { Hono } from 'hono'
import type { Bus } from '../events.ts'
import { iso } from '../iso.ts'
import type { Listed } from '../webhooks/backlog.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'
import { type AdminEnv, authorOf } from './auth.ts'
import { serving } from './contract/serve.ts'
import * as endpoints from './endpoints/webhooks.ts'
import { conditionOf } from './filter/sql.ts'
import { nextLink } from './list/link.ts'
import { only, pageOf } from './list/rows.ts'
import { storedPage } from './list/stored.ts'
import { Problem } from './problem.ts'
import { isUuid } from './schemas/scalars.ts'
import { stored } from './stored.ts'

export function webhookRoutes(webhooks: Webhooks, bus: Bus): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  const serve = serving(app, bus)
  serve(endpoints.listWebhooks, ({ c, query, reply }) => {
    const all = webhooks.views().map(viewOf)
    const page = pageOf(all, query, endpoints.webhookList, {
      key: ({ id }) => id,
      get: (row, field) => row[field as 'id'],
    })
    const { nextCursor } = page
    const rows = page.rows.map((row) => only(row, query.fields))
    return reply(200, { webhooks: rows, nextCursor }, nextLink(c, nextCursor))
  })
  serve(endpoints.listDeliveries, async ({ c, params, query, reply }) => {
    const id = known(params.id)
    const { filter = [], sort, limit, cursor, fields, state } = query
    const also = conditionOf(filter, endpoints.deliveryList.filters)
    const { rows, nextCursor } = await storedPage(
      { filter, sort, limit, cursor },
      endpoints.deliveryList,
      { keyOf: ({ id }: Listed) => id, isKey: isUuid },
      (slice) => stored(webhooks.deliveries(id, { ...slice, state, also })),
    )
    const deliveries = rows.map(({ createdAt, nextAt, endedAt, ...rest }) =>
      only(
        {
          ...rest,
          createdAt: iso(createdAt),
          nextAt: iso(nextAt),
          endedAt: iso(endedAt),
        },
        fields,
      ),
    )
    return reply(200, { deliveries, nextCursor }, nextLink(c, nextCursor))
  })
  serve(endpoints.redrive, async ({ c, params, body: { ids }, reply }) => {
    const webhook = known(params.id)
    const redriven = await stored(webhooks.redrive(webhook, ids ?? null, authorOf(c)))
    return reply(200, { webhook, redriven })
  })
  return app

  function known(id: string): string {
    if (webhooks.has(id)) return id
    const ids = webhooks.views().map((view) => view.id)
    const allowed = ids.length === 0 ? 'none is configured' : `there are ${ids.join(', ')}`
    throw new Problem(404, 'unknown-webhook', `no webhook is called "${id.slice(0, 64)}"; ${allowed}`)
  }
}

function viewOf({ id, origin, backlog }: ReturnType<Webhooks['views']>[number]) {
  const { queued = null, claimed = null, dead = null, oldestAt = null } = backlog ?? {}
  return { id, origin, queued, claimed, dead, oldestAt: iso(oldestAt) }
}
