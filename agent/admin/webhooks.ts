// Webhooks over the API: what waits for each, which deliveries those are, and another chance for dead letters; never what is in them.

import { Hono } from 'hono'
import type { Bus } from '../events.ts'
import { iso } from '../iso.ts'
import type { Listed } from '../webhooks/backlog.ts'
import type { Webhooks, WebhookView } from '../webhooks/webhooks.ts'
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
    const { id } = known(params.id)
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
    const { id: webhook, origin } = known(params.id)
    if (origin === null) throw new Problem(404, 'unknown-webhook', notConfigured(webhook))
    return reply(200, { webhook, ...(await stored(webhooks.redrive(webhook, ids ?? null, authorOf(c)))) })
  })
  return app

  function known(id: string): WebhookView {
    const views = webhooks.views()
    const found = views.find((view) => view.id === id)
    if (found) return found
    const allowed =
      views.length === 0 ? 'none is configured' : `there are ${views.map((view) => view.id).join(', ')}`
    throw new Problem(404, 'unknown-webhook', `no webhook is called "${id.slice(0, 64)}"; ${allowed}`)
  }
}

const notConfigured = (id: string): string =>
  `webhook "${id.slice(0, 64)}" is not configured on this agent any more, so nobody here would deliver to it; put it back under this id first`

function viewOf({ id, origin, backlog }: WebhookView) {
  const { queued = null, claimed = null, dead = null, oldestAt = null } = backlog ?? {}
  return { id, origin, queued, claimed, dead, oldestAt: iso(oldestAt) }
}
