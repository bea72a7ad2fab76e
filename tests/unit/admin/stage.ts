// The admin application over a real fleet on a scripted server, with real tokens in a real file.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hono } from 'hono'
import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { adminApp } from '../../../agent/admin/app.ts'
import type { AdminEnv } from '../../../agent/admin/auth.ts'
import { LiveHub } from '../../../agent/admin/live/hub.ts'
import type { LiveSettings } from '../../../agent/admin/live/settings.ts'
import { liveWorld } from '../../../agent/admin/live/world.ts'
import type { PoolDirectory } from '../../../agent/admin/messages.ts'
import { mintToken, type Role, roles, TokenBook } from '../../../agent/admin/tokens.ts'
import { Reporter } from '../../../agent/analytics/reporter.ts'
import { whySilent } from '../../../agent/context/views.ts'
import { FailoverDesk } from '../../../agent/fleet/failover/desk.ts'
import type { Account } from '../../../agent/fleet/fleet.ts'
import { makeRouting, type Routing } from '../../../agent/fleet/routing.ts'
import { HealthMonitor } from '../../../agent/health/monitor.ts'
import { embeddedHistory } from '../../../agent/history/embedded.ts'
import { MessagePath } from '../../../agent/outbox/message-path.ts'
import { ScanTimeAnalyzer } from '../../../agent/pairing/learning/analyzer.ts'
import { plainCipher } from '../../../agent/store/cipher.ts'
import type { Target } from '../../../agent/webhooks/target.ts'
import { Webhooks } from '../../../agent/webhooks/webhooks.ts'
import { holdToContract } from '../../harness/contract.ts'
import { noWebhooks } from '../../harness/no-webhooks.ts'
import { reportDesk } from '../analytics/reports/stage.ts'
import { failoverConfig } from '../fleet/failover/settings.ts'
import { account, type FleetStage, fleetStage } from '../fleet/stage.ts'
import { thresholds, weights } from '../health/settings.ts'
import { outboxSettings } from '../outbox/settings.ts'
import { settings } from '../pairing/learning/people.ts'
import { temporaryFolder } from '../store/folder.ts'

export { problem, refusal } from './refusal.ts'

const minted = await Promise.all(roles.map((role) => mintToken(role, role)))
export const tokens = Object.fromEntries(minted.map(({ token, entry }) => [entry.role, token])) as Record<
  Role,
  string
>

export interface AdminStage extends FleetStage {
  messages: MessagePath
  monitor: HealthMonitor
  analyzer: ScanTimeAnalyzer
  routing: Routing
  webhooks: Webhooks
  live: LiveHub
  app: Hono<AdminEnv>
  tokensFile: string
  /** Errors that were our own. */
  errors: unknown[]
  /** Of the requests in which they happened. */
  requestIds: string[]
  /** Asks with the token of a role, or with none. */
  ask(path: string, role?: Role | null, init?: RequestInit): Promise<Response>
  post(path: string, body: unknown, role?: Role): Promise<Response>
}

/** @param accounts how many accounts the fleet has, in the pool sales, or which; all of them dial and nobody answers yet @param limit of the outbox @param liveSettings bounds of the live stream */
export async function adminStage(
  accounts: number | readonly Account[] = 1,
  targets: readonly Target[] = [],
  limit = 1_000,
  liveSettings: Partial<LiveSettings> = {},
): Promise<AdminStage> {
  const fleet = await fleetStage({ connectConcurrency: 10 })
  const configured =
    typeof accounts === 'number' ? Array.from({ length: accounts }, (_, i) => account(i + 1)) : accounts
  const poolOf = (id: string): string => configured.find((each) => each.id === id)?.pool ?? 'sales'
  const tokensFile = join(temporaryFolder(), 'tokens.yaml')
  writeFileSync(tokensFile, stringify({ tokens: minted.map(({ entry }) => entry) }))
  const errors: unknown[] = []
  const requestIds: string[] = []
  const analyzer = new ScanTimeAnalyzer('survival', settings)
  const monitor = new HealthMonitor({
    bus: fleet.bus,
    views: () => fleet.fleet.members().map(({ session }) => session.snapshot),
    view: (id) => fleet.fleet.find(id)?.session.snapshot,
    weights,
    thresholds,
  })
  const directory: PoolDirectory = {
    pools: () => [...new Set(['sales', 'empty', ...configured.map(({ pool }) => pool)])],
    accountsOf: (pool) =>
      directory.pools().includes(pool)
        ? configured.filter((each) => each.pool === pool).map(({ id }) => id)
        : undefined,
    find: (key) => fleet.fleet.find(key)?.account,
  }
  const messages = new MessagePath({
    bus: fleet.bus,
    sql: fleet.sql,
    cipher: plainCipher,
    webhooks: noWebhooks,
    route: ({ bound }) =>
      bound ?? fleet.fleet.members().find(({ session }) => session.state === 'open')?.account.id ?? null,
    poolOf,
    settings: { ...outboxSettings, limit },
    random: () => 0.5,
  })
  const routing = makeRouting({
    config: {
      node: { id: 'node-1', region: 'uae', capacity: 10, stopWithinMs: 1_000 },
      pools: [{ id: 'sales', strategy: 'least-loaded', failover: 'auto' }],
      routing: { slowStartMs: 300_000, ejection: 'on', ejectionFailures: 5 },
    },
    sql: fleet.sql,
    bus: fleet.bus,
    fleet: fleet.fleet,
    monitor,
    live: () => messages.live,
    spentUntil: (account) => messages.spentUntil(account),
    random: () => 0.5,
  })
  const desk = new FailoverDesk({
    bus: fleet.bus,
    sql: fleet.sql,
    node: 'node-1',
    config: failoverConfig,
    secrets: [],
    graceMs: 0,
    book: routing.book,
    candidates: (pool) => routing.candidates(pool),
    automatic: () => true,
    members: () => [],
    alive: async (id) => fleet.fleet.find(id)?.session.state === 'open',
    wake: (id) => messages.outbox.wake(id),
  })
  const webhooks = new Webhooks({
    sql: fleet.sql,
    cipher: plainCipher,
    bus: fleet.bus,
    targets,
    poolOf: () => 'sales',
    random: () => 0.5,
  })
  const live = new LiveHub({
    bus: fleet.bus,
    world: liveWorld(fleet.fleet, monitor),
    settings: liveSettings,
  })
  const app = adminApp({
    live,
    messages: {
      outbox: messages.outbox,
      directory,
      bus: fleet.bus,
      expiresAfterMs: 60_000,
      waitsFor: (row) => messages.waitsFor(row, whySilent(routing, row)),
    },
    fleet: fleet.fleet,
    analyzer,
    monitor,
    routing,
    reporter: new Reporter({ bus: fleet.bus, masters: () => [], parked: () => 0 }),
    reports: reportDesk(fleet, monitor),
    failovers: { desk, find: (key) => routing.find(key), bus: fleet.bus },
    probeDeadlineMs: 1_500,
    unhealthyBelow: 60,
    webhooks,
    sql: fleet.sql,
    history: embeddedHistory(fleet.sql),
    bus: fleet.bus,
    tokens: new TokenBook(tokensFile, () => {}),
    regenerations: 3,
    onError(error, requestId) {
      errors.push(error)
      requestIds.push(requestId)
    },
  })
  await fleet.fleet.start(configured)
  while (fleet.server.sockets.length < configured.length)
    await new Promise<void>((resolve) => setImmediate(resolve))
  await messages.start(
    fleet.fleet.members().map(({ account: { id }, epoch, session }) => ({
      account: id,
      epoch,
      ready: () => session.state === 'open' && routing.book.mode(id) !== 'maintenance',
      send: (message) => session.send(message),
    })),
  )
  onTestFinished(async () => {
    await live.stop()
    await messages.stop(0)
    await messages.close()
  })
  const ask: AdminStage['ask'] = async (path, role = 'operator', init = {}) => {
    const headers = { ...(role ? { authorization: `Bearer ${tokens[role]}` } : {}), ...init.headers }
    const answer = await app.request(path, { ...init, headers })
    return holdToContract(init.method ?? 'GET', path, answer)
  }
  const post: AdminStage['post'] = (path, body, role = 'operator') =>
    ask(path, role, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return {
    ...fleet,
    messages,
    monitor,
    analyzer,
    routing,
    webhooks,
    live,
    app,
    tokensFile,
    errors,
    requestIds,
    ask,
    post,
  }
}
