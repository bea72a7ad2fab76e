// Failovers: what was decided and why, and what a person may decide: switch over, clear, switch off.

import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Bus } from '../events.ts'
import type { FailoverDesk } from '../fleet/failover/desk.ts'
import type { Failover } from '../fleet/failover/rows.ts'
import { type AdminEnv, atLeast, clientOf } from './auth.ts'
import { checked, readJson } from './input.ts'
import { Problem } from './problem.ts'
import { stored } from './stored.ts'

export interface FailoverParts {
  desk: FailoverDesk
  /** The account with its pool, by id or phone; null where nobody lists it. */
  find(key: string): { account: string; pool: string } | null
  bus: Bus
}

const wishSchema = z.strictObject({
  from: z.string().min(1).max(64),
  to: z.string().min(1).max(64).optional(),
  kind: z.enum(['planned', 'forced']).default('planned'),
})
const clearSchema = z.strictObject({ account: z.string().min(1).max(64) })
const switchSchema = z.strictObject({ automatic: z.enum(['on', 'off']) })
const listSchema = z.strictObject({
  account: z.string().max(64).optional(),
  pool: z.string().max(64).optional(),
  before: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

export function viewOfFailover(f: Failover) {
  const { faultAt, startedAt, changedAt, endedAt, data, ...rest } = f
  const { steps, ...more } = data
  return {
    ...rest,
    ...more,
    faultAt: iso(faultAt),
    startedAt: iso(startedAt),
    changedAt: iso(changedAt),
    endedAt: iso(endedAt),
    steps: steps.map((step) => ({ ...step, at: iso(step.at) })),
  }
}

export function failoverRoutes({ desk, find, bus }: FailoverParts): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  const known = (key: string, found = find(key)): { account: string; pool: string } => {
    if (!found) throw new Problem(404, 'unknown-account', `no account has the id or phone "${key}"`)
    return found
  }
  app.get('/', async (c) => {
    const query = checked(listSchema, c.req.query(), 'query')
    // Who asks by phone means the account, also where it is listed by its id.
    const account = query.account === undefined ? undefined : (find(query.account)?.account ?? query.account)
    const failovers = await stored(desk.list({ ...query, account }))
    return c.json({
      automatic: desk.enabled ? 'on' : 'off',
      failovers: failovers.map(viewOfFailover),
      next: failovers.length === query.limit ? failovers.at(-1)?.id : null,
    })
  })
  app.post('/', atLeast('operator', bus), async (c) => {
    const { from, to, kind } = checked(wishSchema, await readJson(c), 'body')
    // Who is not listed any more may still have messages that wait for it.
    const { account, pool } = known(from, find(from) ?? (await stored(desk.retired(from))))
    const target = to === undefined ? null : known(to)
    if (target && target.pool !== pool)
      throw new Problem(
        400,
        'bad-body',
        `to: ${target.account} is in the pool ${target.pool}, ${account} in ${pool}`,
      )
    if (target?.account === account)
      throw new Problem(400, 'bad-body', 'to: found from itself, allowed: another account')
    const wish = { pool, from: account, to: target?.account ?? null, kind, ...author(c) }
    const f = await stored(desk.wish(wish))
    if (!f) throw new Problem(409, 'under-way', `a failover of ${account} is under way`)
    c.header('location', `/api/failovers/${f.id}`)
    return c.json(viewOfFailover(f), 202)
  })
  app.post('/clear', atLeast('operator', bus), async (c) => {
    const { account, pool } = known(checked(clearSchema, await readJson(c), 'body').account)
    const { who, origin } = author(c)
    if (!(await stored(desk.clear(account, pool, who, origin))))
      throw new Problem(409, 'under-way', `a failover of ${account} is under way`)
    return c.json({ account, cleared: true })
  })
  app.put('/switch', atLeast('operator', bus), async (c) => {
    const { automatic } = checked(switchSchema, await readJson(c), 'body')
    const { who, origin } = author(c)
    await stored(desk.switch(automatic, who, origin))
    return c.json({ automatic: desk.enabled ? 'on' : 'off' })
  })
  app.get('/:id', async (c) => {
    const id = z.uuid().safeParse(c.req.param('id')).data
    const f = id === undefined ? null : await stored(desk.find(id))
    if (!f) throw new Problem(404, 'not-found', 'there is no failover with this id')
    return c.json(viewOfFailover(f))
  })
  return app
}

function author(c: Context<AdminEnv>): { who: string; origin: string } {
  return { who: c.get('caller').name, origin: clientOf(c) }
}
