// Who gets which part of the traffic and why, and changing it at run time: strategies, weights, priorities and modes.

import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Bus } from '../events.ts'
import type { Routing } from '../fleet/routing.ts'
import { anyRequest } from '../routing/router.ts'
import type { Author } from '../routing/settings.ts'
import { maskPhones } from '../telemetry/logging.ts'
import { strategyNames } from '../words.ts'
import { type AdminEnv, atLeast, clientOf } from './auth.ts'
import { mistakesIn } from './input.ts'
import { Problem } from './problem.ts'
import { stored } from './stored.ts'

const strategySchema = z.strictObject({ strategy: z.enum(strategyNames) })
const accountSchema = z
  .strictObject({
    weight: z.number().min(0.1).max(100).optional(),
    priority: z.number().int().min(1).max(100).optional(),
  })
  .refine(({ weight, priority }) => weight !== undefined || priority !== undefined)
const modeSchema = z.strictObject({
  mode: z.enum(['up', 'draining', 'maintenance']),
  why: z
    .string()
    .max(200)
    .regex(/^\P{Cc}*$/u, 'one line')
    .default(''),
})

export function routingRoutes(routing: Routing, bus: Bus): Hono<AdminEnv> {
  const { book } = routing
  const operator = atLeast('operator', bus)
  const app = new Hono<AdminEnv>()
  app.get('/', (c) => {
    const { pool, region } = c.req.query()
    const pools = pool === undefined ? routing.router.pools() : [knownPool(routing, pool)]
    return c.json({ pools: pools.map((id) => poolOf(routing, id, region ?? null)) })
  })
  app.put('/pools/:pool/strategy', operator, async (c) => {
    const pool = knownPool(routing, c.req.param('pool'))
    const allowed = strategyNames.map((name) => `"${name}"`).join(' | ')
    const { strategy } = await read(c, strategySchema, `{"strategy": ${allowed}}`)
    await stored(book.setStrategy(pool, strategy, authorOf(c)))
    return c.json(poolOf(routing, pool, null))
  })
  app.delete('/pools/:pool/strategy', operator, async (c) => {
    const pool = knownPool(routing, c.req.param('pool'))
    await stored(book.setStrategy(pool, null, authorOf(c)))
    return c.json(poolOf(routing, pool, null))
  })
  app.put('/accounts/:account', operator, async (c) => {
    const { account } = knownAccount(routing, c.req.param('account'))
    const { weight, priority } = await read(
      c,
      accountSchema,
      '{"weight": 0.1 to 100, "priority": 1 to 100}, one of them or both',
    )
    const changes = {
      ...(weight === undefined ? {} : { weight }),
      ...(priority === undefined ? {} : { priority }),
    }
    await stored(book.setAccount(account, changes, authorOf(c)))
    return c.json(accountOf(routing, account))
  })
  app.delete('/accounts/:account', operator, async (c) => {
    const { account } = knownAccount(routing, c.req.param('account'))
    await stored(book.setAccount(account, { weight: null, priority: null }, authorOf(c)))
    return c.json(accountOf(routing, account))
  })
  return app
}

/** `PUT /api/accounts/:account/mode` */
export function modeRoutes(routing: Routing, bus: Bus): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  app.put('/:account/mode', atLeast('operator', bus), async (c) => {
    const { account } = knownAccount(routing, c.req.param('account'))
    const { mode, why } = await read(
      c,
      modeSchema,
      '{"mode": "up" | "draining" | "maintenance", "why": one line of up to 200 characters}',
    )
    await stored(routing.book.setMode(account, mode, maskWritten(why), authorOf(c)))
    return c.json(accountOf(routing, account))
  })
  return app
}

function poolOf(routing: Routing, pool: string, region: string | null) {
  const { book, router, configured } = routing
  const { strategy, considered } = router.explain(pool, { ...anyRequest, region })
  const said = new Map(considered.map((each) => [each.account, each]))
  return {
    pool,
    strategy,
    configuredStrategy: configured.strategy(pool),
    accounts: routing.candidates(pool).map((candidate) => {
      const { account, role, priority, weight, mode, active } = candidate
      const { share = 0, why = '' } = said.get(account) ?? {}
      const reason = book.snapshot.modes.get(account)
      return {
        account,
        share: Math.round(share * 1e4) / 1e4,
        why,
        mode,
        modeSince: reason ? new Date(reason.since).toISOString() : null,
        modeWhy: reason?.why ?? '',
        role,
        priority,
        weight,
        region: candidate.region,
        healthStatus: candidate.healthStatus.toUpperCase(),
        active,
      }
    }),
  }
}

function accountOf(routing: Routing, account: string) {
  const { pool } = knownAccount(routing, account)
  const found = poolOf(routing, pool, null).accounts.find((each) => each.account === account)
  return { pool, ...found }
}

function knownPool(routing: Routing, pool: string): string {
  const pools = routing.router.pools()
  if (pools.includes(pool)) return pool
  const some =
    pools.length > 20 ? `${pools.slice(0, 20).join(', ')} and ${pools.length - 20} more` : pools.join(', ')
  throw new Problem(404, 'unknown-pool', `no pool has the name "${pool.slice(0, 64)}"; there are ${some}`)
}

function knownAccount(routing: Routing, key: string): { account: string; pool: string } {
  const found = routing.find(key)
  if (found) return found
  throw new Problem(404, 'unknown-account', `no account has the id or phone "${key.slice(0, 64)}"`)
}

/** People write numbers in groups, and what stands in the audit trail stands there for ever. Eight digits may be a date. */
function maskWritten(text: string): string {
  return maskPhones(text).replace(
    /\+?\d(?:[ \u00a0()./-]{0,2}\d){8,}/g,
    (number) => `${number.slice(0, number.startsWith('+') ? 4 : 3)}***${number.slice(-2)}`,
  )
}

function authorOf(c: Context<AdminEnv>): Author {
  return { who: c.get('caller').name, origin: `api ${clientOf(c)}` }
}

async function read<T>(c: Context, schema: z.ZodType<T>, allowed: string): Promise<T> {
  const body = schema.safeParse(await c.req.json().catch(() => null))
  if (body.success) return body.data
  throw new Problem(400, 'bad-body', `${mistakesIn(body.error, 'body')}; allowed: ${allowed}`)
}
