// Who gets which part of the traffic and why, and changing it at run time: strategies, weights, priorities and modes.

import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import type { Bus } from '../events.ts'
import type { Retired } from '../fleet/leftovers.ts'
import type { Routing } from '../fleet/routing.ts'
import type { Candidate, Considered } from '../routing/candidate.ts'
import { anyRequest } from '../routing/router.ts'
import type { RoutingSnapshot } from '../routing/settings-rows.ts'
import { maskWritten } from '../telemetry/logging.ts'
import { type AdminEnv, authorOf } from './auth.ts'
import { serving } from './contract/serve.ts'
import * as endpoints from './endpoints/routing.ts'
import type { Plain } from './filter/evaluate.ts'
import { nextLink } from './list/link.ts'
import { only, pageOf } from './list/rows.ts'
import { failoverUnderWay, sees, unknownAccount, unknownPool } from './scope.ts'
import { stored } from './stored.ts'
import { healthWord } from './wording.ts'

export function routingRoutes(routing: Routing, bus: Bus): Hono<AdminEnv> {
  const { book } = routing
  const app = new Hono<AdminEnv>()
  const serve = serving(app, bus)
  serve(endpoints.getRouting, ({ c, query, reply }) => {
    const { pool, region = null, ...page } = query
    const ids = pool === undefined ? poolsFor(c, routing) : [knownPool(c, routing, pool)]
    const pools = ids.map((id) => poolOf(routing, id, region))
    const all = pools.flatMap(({ pool, accounts }) => accounts.map((row) => ({ pool, row })))
    const { rows, nextCursor } = pageOf(all, page, endpoints.routingList, {
      key: ({ row }) => row.account,
      get: ({ pool, row }, field): Plain => (field === 'pool' ? pool : row[field as 'share']),
    })
    const cut = page.filter !== undefined || page.cursor !== undefined || nextCursor !== null
    const shown = pools.map((each) => ({
      ...each,
      accounts: rows.filter(({ pool }) => pool === each.pool).map(({ row }) => only(row, page.fields)),
    }))
    const found = shown.filter(({ accounts }) => !cut || accounts.length > 0)
    return reply(200, { pools: found, nextCursor }, nextLink(c, nextCursor))
  })
  serve(endpoints.setStrategy, async ({ c, params, body, reply }) => {
    const pool = knownPool(c, routing, params.pool)
    await stored(book.setStrategy(pool, body.strategy, authorOf(c)))
    return reply(200, poolOf(routing, pool, null))
  })
  serve(endpoints.unsetStrategy, async ({ c, params, reply }) => {
    const pool = knownPool(c, routing, params.pool)
    await stored(book.setStrategy(pool, null, authorOf(c)))
    return reply(200, poolOf(routing, pool, null))
  })
  serve(endpoints.setAccountRouting, async ({ c, params, body: { weight, priority }, reply }) => {
    const { account, pool } = knownAccount(c, routing, params.account)
    const changes = {
      ...(weight === undefined ? {} : { weight }),
      ...(priority === undefined ? {} : { priority }),
    }
    await stored(book.setAccount(account, changes, authorOf(c)))
    return reply(200, accountOf(routing, account, pool))
  })
  serve(endpoints.unsetAccountRouting, async ({ c, params, reply }) => {
    const left = await leftAccount(c, routing, params.account)
    const { account, pool } = left ?? knownAccount(c, routing, params.account)
    await stored(book.setAccount(account, { weight: null, priority: null }, authorOf(c)))
    return reply(200, left ? retiredOf(routing, left) : accountOf(routing, account, pool))
  })
  serve(endpoints.setMode, async ({ c, params, body: { mode, why }, reply }) => {
    const left = mode === 'up' ? await leftAccount(c, routing, params.account) : null
    const { account, pool } = left ?? knownAccount(c, routing, params.account)
    if (!(await stored(book.setMode(account, mode, maskWritten(why), authorOf(c)))))
      throw failoverUnderWay(account)
    return reply(200, left ? retiredOf(routing, left) : accountOf(routing, account, pool))
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
    accounts: routing
      .candidates(pool)
      .map((candidate) => rowOf(book.snapshot, candidate, said.get(candidate.account))),
  }
}

type Shown = Pick<
  Candidate,
  'account' | 'role' | 'priority' | 'weight' | 'region' | 'mode' | 'healthStatus' | 'active'
>

function rowOf({ modes }: RoutingSnapshot, candidate: Shown, said?: Omit<Considered, 'account'>) {
  const { account, role, priority, weight, region, mode, active } = candidate
  const { share = 0, why = '' } = said ?? {}
  const reason = modes.get(account)
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
    region,
    healthStatus: healthWord(candidate.healthStatus),
    active,
  }
}

function retiredOf({ book }: Routing, { pool, ...listed }: Retired) {
  const { weight = listed.weight, priority = listed.priority } =
    book.snapshot.accounts.get(listed.account) ?? {}
  const mode = book.mode(listed.account)
  const candidate: Shown = { ...listed, weight, priority, mode, healthStatus: 'unknown', active: 0 }
  return { pool, ...rowOf(book.snapshot, candidate, { share: 0, why: 'nobody lists it any more' }) }
}

function accountOf(
  routing: Routing,
  account: string,
  pool: string,
): { pool: string } & z.output<typeof endpoints.routedAccount> {
  const found = poolOf(routing, pool, null).accounts.find((each) => each.account === account)
  if (!found) throw unknownAccount(account)
  return { pool, ...found }
}

function poolsFor(c: Context<AdminEnv>, routing: Routing): string[] {
  return [...routing.router.pools(), ...routing.leftPools()].filter((pool) => sees(c, pool))
}

function knownPool(c: Context<AdminEnv>, routing: Routing, pool: string): string {
  const pools = poolsFor(c, routing)
  if (pools.includes(pool)) return pool
  throw unknownPool(pool, pools)
}

function knownAccount(
  c: Context<AdminEnv>,
  routing: Routing,
  key: string,
): { account: string; pool: string } {
  const found = routing.find(key)
  if (found && sees(c, found.pool)) return found
  throw unknownAccount(key)
}

/** Only to take back what is set for it: it would hold again as soon as somebody lists it. */
async function leftAccount(c: Context<AdminEnv>, routing: Routing, id: string): Promise<Retired | null> {
  if (routing.find(id) !== null) return null
  const left = await stored(routing.retired(id))
  return left && sees(c, left.pool) ? left : null
}
