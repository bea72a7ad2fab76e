// Webhooks over the API: what waits for each, which deliveries those are, and another chance for dead letters; never what is in them.

import { Hono } from 'hono'
import { z } from 'zod'
import type { Bus } from '../events.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'
import { deliveryStates } from '../words.ts'
import { type AdminEnv, atLeast } from './auth.ts'
import { checked } from './input.ts'
import { Problem } from './problem.ts'

/** Ids in one request; a body has room for some more. */
const MAX_IDS = 1_000

const querySchema = z.strictObject({
  state: z.enum(deliveryStates, { error: `one of ${deliveryStates.join(', ')}` }).default('dead'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
const bodySchema = z.strictObject({
  ids: z.array(z.guid('the id of a delivery')).min(1).max(MAX_IDS).optional(),
})

export function webhookRoutes(webhooks: Webhooks, bus: Bus): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  app.get('/', (c) => c.json({ webhooks: webhooks.views().map(viewOf) }))
  app.get('/:id/deliveries', async (c) => {
    const id = known(c.req.param('id'))
    const { state, limit } = checked(querySchema, c.req.query(), 'query')
    const deliveries = await webhooks.deliveries(id, state, limit)
    return c.json({
      deliveries: deliveries.map(({ createdAt, nextAt, endedAt, ...rest }) => ({
        ...rest,
        createdAt: timeText(createdAt),
        nextAt: timeText(nextAt),
        endedAt: timeText(endedAt),
      })),
    })
  })
  app.post('/:id/redrive', atLeast('operator', bus), async (c) => {
    const id = known(c.req.param('id'))
    const text = await c.req.text()
    const { ids } = checked(bodySchema, text.trim() === '' ? {} : parse(text), 'body')
    return c.json({ webhook: id, redriven: await webhooks.redrive(id, ids ?? null, c.get('caller').name) })
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
  return { id, origin, queued, claimed, dead, oldestAt: timeText(oldestAt) }
}

function timeText(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Problem(400, 'bad-body', 'the body is not JSON')
  }
}
