// The routing of this node put together: settings, ejections and the others' word in, decisions out; whatever changes is seen by the next decision.

import type { Config } from '../config/schema.ts'
import type { Bus, EventType } from '../events.ts'
import type { HealthMonitor } from '../health/monitor.ts'
import type { Candidate } from '../routing/candidate.ts'
import { EjectionKeeper } from '../routing/ejection-keeper.ts'
import { refusal } from '../routing/plan.ts'
import { Router } from '../routing/router.ts'
import { type Configured, RoutingBook } from '../routing/settings.ts'
import type { Sql } from '../store/sql.ts'
import type { MessageState } from '../words.ts'
import { candidatesOf, type Own, standingOf } from './candidates.ts'
import { isLent } from './failover/modes.ts'
import { openFailovers } from './failover/rows.ts'
import type { Fleet } from './fleet.ts'
import { findRetired, type Retired } from './leftovers.ts'
import { Standing } from './standing.ts'
import { Unlinked } from './unlinked.ts'

export interface RoutingParts {
  config: Pick<Config, 'node' | 'pools' | 'routing'>
  sql: Sql
  bus: Bus
  fleet: Fleet
  monitor: Pick<HealthMonitor, 'report'>
  /** What is open in the outbox, as last counted; another list when it was counted again. */
  live(): readonly { pool: string; account: string | null; state: MessageState; count: number }[]
  /** Until when an account of this node may send nothing more today, in milliseconds since the epoch; null where it may. */
  spentUntil(account: string): number | null
  /** Uniform in [0, 1). */
  random(): number
}

export interface Routing {
  router: Router
  book: RoutingBook
  ejections: EjectionKeeper
  standing: Standing
  /** The accounts of a pool, on every node. */
  candidates(pool: string): Candidate[]
  /** The account with its pool, wherever it runs, by id or phone; null where nobody lists it. */
  find(key: string): { account: string; pool: string } | null
  /** Pools that nobody lists any more, for which messages wait or a strategy is set. */
  leftPools(): string[]
  /** An account that nobody lists any more; null where somebody does, or nobody ever did. Rejects with StoreError. */
  retired(id: string): Promise<Retired | null>
  /** What the file says, where nothing is set. */
  configured: Configured
  /** Follows the store and the other nodes; answers the function that ends it. Rejects with StoreError. */
  start(): Promise<() => Promise<void>>
}

/** The first ejection lasts so long, and the longest; milliseconds. */
const EJECT_STEP_MS = 30_000
const EJECT_MAX_MS = 600_000

/** After these an account may take more or less than before. */
const matters: readonly EventType[] = [
  'session.state-changed',
  'session.evidence-lost',
  'session.restricted',
  'session.restriction-lifted',
  'store.write-fenced',
  'health.status-changed',
]

export function makeRouting(parts: RoutingParts): Routing {
  const { config, sql, bus, fleet, random } = parts
  const load = new Load(parts.live)
  const unlinked = new Unlinked(bus)
  const strategies = new Map(config.pools.map(({ id, strategy }) => [id, strategy]))
  const configured: Configured = {
    strategy: (pool) => strategies.get(pool) ?? 'least-loaded',
    account(id) {
      const listed = fleet.find(id)?.account ?? otherOf(id)
      const { pool = '', weight = 1, priority = 1 } = listed ?? {}
      return { pool, weight, priority }
    },
  }
  const book = new RoutingBook(sql, bus, configured, {
    moving: async (tx, account) => (await openFailovers(tx, account)).length > 0,
    lent: isLent,
  })
  const ejections = new EjectionKeeper({
    bus,
    pool(account) {
      const pool = fleet.find(account)?.account.pool
      if (pool === undefined) return null
      const now = Date.now()
      // Who was never there is no strength that an ejection could leave.
      const found = candidates(pool).filter(({ linked }) => linked)
      const unfit = found.filter((each) => refusal(each, now) !== null)
      return {
        accounts: found.map((each) => each.account),
        unfit: new Set(unfit.map((each) => each.account)),
      }
    },
    mode: config.routing.ejection,
    settings: { failures: config.routing.ejectionFailures, stepMs: EJECT_STEP_MS, maxMs: EJECT_MAX_MS },
    onEjected: (account) => changed({ account }),
  })
  const standing = new Standing({
    sql,
    node: config.node.id,
    own: () => [...own()].map((each) => standingOf(each, Date.now(), config.routing.slowStartMs)),
  })
  function* own(pool?: string): Iterable<Own> {
    for (const { account, epoch, session } of fleet.members())
      if (pool === undefined || account.pool === pool)
        yield {
          account,
          epoch,
          snapshot: session.snapshot,
          linked: !unlinked.has(account.id),
          healthStatus: parts.monitor.report(account.id)?.status ?? 'unknown',
          active: load.of(account.id),
          spentUntil: parts.spentUntil(account.id),
          ejectedUntil: ejections.until(account.id),
        }
  }
  const otherOf = (id: string) => standing.others().find(({ account }) => account === id)
  const candidates = (pool: string): Candidate[] =>
    candidatesOf(own(pool), standing.others(pool), book.snapshot, Date.now())
  const router = new Router({
    bus,
    pools: () =>
      new Set([
        ...strategies.keys(),
        ...fleet.members().map(({ account }) => account.pool),
        ...standing.others().map(({ pool }) => pool),
      ]),
    candidates,
    strategy: (pool) => book.strategy(pool),
    slowStartMs: config.routing.slowStartMs,
    region: config.node.region,
    random,
  })
  const changed = ({ account }: { account?: string }): void => {
    const pool = account === undefined ? undefined : fleet.find(account)?.account.pool
    router.stale(pool)
  }
  for (const type of matters) bus.on(type, changed)
  book.onChange(() => changed({}))
  return {
    router,
    book,
    ejections,
    standing,
    candidates,
    find(key) {
      const member = fleet.find(key)?.account
      if (member) return { account: member.id, pool: member.pool }
      const bare = key.replace('+', '')
      const { account, pool } =
        otherOf(key) ?? standing.others().find(({ phone }) => phone.replace('+', '') === bare) ?? {}
      return account === undefined || pool === undefined ? null : { account, pool }
    },
    leftPools() {
      const listed = new Set(router.pools())
      const waiting = parts.live().map(({ pool }) => pool)
      return [...new Set([...book.snapshot.strategies.keys(), ...waiting])].filter(
        (pool) => !listed.has(pool),
      )
    },
    retired: (id) => findRetired(sql, id),
    configured,
    async start() {
      const stopBook = await book.start()
      const stopRouter = router.start()
      // A store that belongs to one process has nobody else to tell.
      const stopStanding = sql.driver === 'postgres' ? standing.start() : null
      return async () => {
        stopRouter()
        ejections.stop()
        await stopStanding?.()
        await stopBook()
      }
    },
  }
}

/** Messages that wait for an account or are on their way, added up once for each count. */
class Load {
  #live: RoutingParts['live']
  #counted: ReturnType<RoutingParts['live']> | null = null
  #sums = new Map<string, number>()

  constructor(live: RoutingParts['live']) {
    this.#live = live
  }

  of(account: string): number {
    const live = this.#live()
    if (live !== this.#counted) {
      this.#counted = live
      this.#sums = new Map()
      // What is to be sent tomorrow is no load today.
      for (const { account: whose, state, count } of live)
        if (whose !== null && state !== 'scheduled')
          this.#sums.set(whose, (this.#sums.get(whose) ?? 0) + count)
    }
    return this.#sums.get(account) ?? 0
  }
}
