// The only file that knows everybody: it builds each part once from the configuration; tests override parts here.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Hono } from 'hono'
import type { DestinationStream, Logger } from 'pino'
import { adminApp } from './admin/app.ts'
import type { AdminEnv } from './admin/auth.ts'
import type { PoolDirectory } from './admin/messages.ts'
import { TokenBook } from './admin/tokens.ts'
import type { Master } from './analytics/fleet-report.ts'
import { Reporter } from './analytics/reporter.ts'
import type { Config } from './config/schema.ts'
import { impliedPool } from './config/sections/fleet.ts'
import { Bus } from './events.ts'
import { canaryMembers } from './fleet/canary-members.ts'
import { FailoverDesk } from './fleet/failover/desk.ts'
import { Fleet } from './fleet/fleet.ts'
import { takeOwnership } from './fleet/ownership.ts'
import { applyAccounts } from './fleet/registry.ts'
import { makeRouting, type Routing } from './fleet/routing.ts'
import { CanaryBook } from './health/canary/book.ts'
import { Canary, type CanarySettings, canaryPace } from './health/canary/canary.ts'
import { KeptCounts } from './health/kept-counts.ts'
import { HealthMonitor } from './health/monitor.ts'
import { openHistory } from './history/open.ts'
import type { History } from './history/port.ts'
import type { Route } from './outbox/accept.ts'
import { MessagePath } from './outbox/message-path.ts'
import type { Sender } from './outbox/sender.ts'
import { ScanTimeAnalyzer } from './pairing/learning/analyzer.ts'
import { followPairing, recallOnceReadable } from './pairing/learning/follow.ts'
import type { ScanMetrics } from './pairing/learning/metrics.ts'
import { loadAuth } from './session/auth-state.ts'
import { openBaileys } from './session/baileys/open-socket.ts'
import type { OnInbound } from './session/inbox.ts'
import type { SessionSettings } from './session/parts.ts'
import type { OpenSocket } from './session/socket.ts'
import { type Cipher, envelopeCipher, plainCipher } from './store/cipher.ts'
import { proveMasterKey, proveMode } from './store/data-keys.ts'
import { masterKeyOf } from './store/master-key.ts'
import { migrate } from './store/migrations.ts'
import { openStore } from './store/open.ts'
import type { Sql } from './store/sql.ts'
import { followHealth } from './telemetry/health-gauges.ts'
import { Instruments } from './telemetry/instruments.ts'
import { followLearning, type LearningView } from './telemetry/learning-gauges.ts'
import { metricsApp } from './telemetry/listener.ts'
import { createLogger, logEvents } from './telemetry/logging.ts'
import { followOutbox } from './telemetry/outbox-gauges.ts'
import { recordEvents, startAtZero } from './telemetry/record.ts'
import { followModes } from './telemetry/routing-gauges.ts'
import { followFleet } from './telemetry/state-gauges.ts'
import { followWebhooks } from './telemetry/webhook-gauges.ts'
import { openTarget, secretsOf } from './webhooks/target.ts'
import { Webhooks } from './webhooks/webhooks.ts'

/** What a test or another program may put in place of a part. */
export interface Overrides {
  openSocket?: OpenSocket
  onInbound?: OnInbound
  /** Where log lines go instead of standard output. */
  logTo?: DestinationStream
  random?: () => number
  settings?: Partial<SessionSettings>
  takeBackWithinMs?: number
  canary?: Partial<CanarySettings>
}

export interface Context {
  config: Config
  version: string
  bus: Bus
  log: Logger
  sql: Sql
  history: History
  cipher: Cipher
  instruments: Instruments
  fleet: Fleet
  analyzer: ScanTimeAnalyzer
  monitor: HealthMonitor
  routing: Routing
  messages: MessagePath
  webhooks: Webhooks
  failover: FailoverDesk
  reporter: Reporter
  /** The accounts of this process, as the outbox sees them. */
  senders(): Sender[]
  /** What health counts, across restarts. */
  keptCounts: KeptCounts
  /** Null where the configuration leaves it off. */
  canary: Canary | null
  admin: Hono<AdminEnv>
  metrics: Hono
}

/** Longest look at an open session's evidence, in milliseconds. */
const LOOK_EVERY_MS = 5_000
/** Pongs without acknowledgements for this long, for this many messages: the message path is dead. */
const ACKS_WITHHELD_MS = 20_000
const ACKS_WITHHELD_COUNT = 3
const SEND_DEADLINE_MS = 30_000
const QUERY_TIMEOUT_MS = 15_000
const TAKE_BACK_WITHIN_MS = 10_000

/** Opens the store and builds every part; nothing listens and nothing connects yet. Throws StoreError, and HistoryError or WebhookError for a mistake in the configuration. */
export async function buildContext(config: Config, overrides: Overrides = {}): Promise<Context> {
  const log = createLogger(config.telemetry.logLevel, overrides.logTo)
  const instruments = new Instruments('openmetrics')
  const bus = new Bus(config.node.id, (error, event) => {
    instruments.counter('subscriberErrors').inc()
    log.error({ err: error, event: event.type }, 'a subscriber could not take an event')
  })
  recordEvents(bus, instruments)
  logEvents(bus, log)
  // Before the store is touched: without its key there is nothing to open.
  const master = config.store.encryption === 'on' ? masterKeyOf(config.store) : null
  const targets = config.webhooks.map(openTarget)
  const sql = await openStore(config.store.url, bus)
  let history: History | null = null
  try {
    await migrate(sql)
    const cipher = await makeCipher(config.store.encryption, master, sql)
    await applyAccounts(sql, bus, config.node.id, config.accounts)
    const analyzer = new ScanTimeAnalyzer(config.pairing.policy, config.pairing)
    history = openHistory(config.history, sql, bus)
    await recallOnceReadable(history, analyzer, bus)
    followPairing(bus, analyzer)
    // Also where none are sent: one from an earlier run may still come.
    const canaries = new CanaryBook(
      bus,
      config.accounts.map(({ phone }) => phone),
    )
    const webhooks = new Webhooks({
      sql,
      cipher,
      bus,
      targets,
      poolOf: (account) => poolOf.get(account),
      random: overrides.random ?? Math.random,
    })
    followWebhooks(instruments, webhooks)
    const messages = new MessagePath({
      bus,
      sql,
      cipher,
      webhooks,
      route: (wanted) => routeOf(wanted),
      poolOf: (account) => poolOf.get(account) ?? impliedPool,
      settings: config.outbox,
      random: overrides.random ?? Math.random,
    })
    const poolOf = new Map(config.accounts.map(({ id, pool }) => [id, pool]))
    // A message for a named account waits for it; for all others an account is chosen.
    const routeOf: Route = ({ pool, bound, ...request }) =>
      bound ?? routing.router.choose(pool, { ...request, bound }).account
    const fleet = new Fleet({
      keepInbound: (account, message) => messages.inbound.keep(account, message),
      textOf: (messageId) => messages.outbox.textOf(messageId),
      bus,
      connectConcurrency: config.whatsapp.connectConcurrency,
      settings: { ...sessionSettings(config), ...overrides.settings },
      openSocket: overrides.openSocket ?? openBaileys,
      loadAuth: (account, epoch) => loadAuth({ sql, cipher, bus, account, epoch }),
      pairingWindow: (account, inARow) => analyzer.recommendedWindow(account, inARow),
      own: (account) => takeOwnership(sql, account, config.node.id),
      onInbound: overrides.onInbound ?? (() => {}),
      swallow: (account, message) => canaries.swallow(account, message),
      random: overrides.random ?? Math.random,
      takeBackWithinMs: overrides.takeBackWithinMs ?? TAKE_BACK_WITHIN_MS,
    })
    followFleet(instruments, fleet)
    const monitor = new HealthMonitor({
      bus,
      *views() {
        for (const { session } of fleet.members()) yield session.snapshot
      },
      view: (account) => fleet.find(account)?.session.snapshot,
      weights: config.health.weights,
      thresholds: config.health.thresholds,
      isCanary: (messageId) => canaries.knows(messageId),
    })
    const canary =
      config.health.canary === 'off'
        ? null
        : new Canary({
            bus,
            book: canaries,
            members: () => canaryMembers(fleet),
            settings: {
              intervalMs: config.health.canaryIntervalMs,
              deadlineMs: config.health.canaryDeadlineMs,
              ...canaryPace,
              ...overrides.canary,
            },
            random: overrides.random ?? Math.random,
          })
    const keptCounts = new KeptCounts({
      sql,
      bus,
      accounts: () => monitor.accounts(),
      counts: (account) => monitor.counts(account),
    })
    const routing = makeRouting({
      config,
      sql,
      bus,
      fleet,
      monitor,
      live: () => messages.live,
      random: overrides.random ?? Math.random,
    })
    const failover = new FailoverDesk({
      bus,
      sql,
      node: config.node.id,
      config: config.failover,
      secrets: secretsOf(config.failover.hooks.secretFile, 'failover.hooks'),
      graceMs: config.outbox.graceMs,
      book: routing.book,
      candidates: (pool) => routing.candidates(pool),
      automatic: (pool) => config.pools.some(({ id, failover }) => id === pool && failover === 'auto'),
      *members() {
        for (const { account, session } of fleet.members())
          yield { account: account.id, pool: account.pool, snapshot: session.snapshot }
      },
      // An account of another node is believed: it says itself how it is, and falls silent with its node.
      alive: async (account) =>
        fleet.find(account)?.session.probe() ??
        routing.candidates(poolOf.get(account) ?? '').some((each) => each.account === account && each.usable),
      wake: (account) => messages.outbox.wake(account),
    })
    const reporter = new Reporter({
      bus,
      masters: () => mastersOf(fleet, monitor, routing),
      parked: () =>
        messages.live.reduce((sum, { state, count }) => sum + (state === 'parked' ? count : 0), 0),
    })
    followOutbox(instruments, {
      live: () => messages.live,
      limit: config.outbox.limit,
      failovers: () => ({ enabled: failover.enabled, open: failover.running }),
    })
    followModes(instruments, () =>
      fleet.members().map(({ account: { id } }) => ({ account: id, mode: routing.book.mode(id) })),
    )
    followHealth(instruments, { accounts: () => monitor.reports(), fleet: () => monitor.fleet() })
    followLearning(instruments, learningView(fleet, analyzer))
    const versions = readVersions()
    instruments.gauge('buildInfo').set({ ...versions.labels }, 1)
    for (const { id } of config.accounts) startAtZero(instruments, id)
    const tokens = new TokenBook(config.admin.tokensFile, (message) => log.error(message))
    const admin = adminApp({
      fleet,
      analyzer,
      monitor,
      routing,
      probeDeadlineMs: config.whatsapp.probeDeadlineMs,
      unhealthyBelow: config.health.thresholds.unhealthyBelow,
      messages: {
        outbox: messages.outbox,
        directory: directoryOf(config),
        bus,
        expiresAfterMs: config.outbox.expiresAfterMs,
      },
      webhooks,
      reporter,
      failovers: { desk: failover, find: (key) => routing.find(key), bus },
      sql,
      history,
      bus,
      tokens,
      regenerations: config.pairing.regenerations,
      onError: (error) => log.error({ err: error }, 'admin request failed'),
    })
    const metrics = metricsApp(
      instruments.registry,
      { missing: () => storeMissing(sql) },
      { node: config.node.id, region: config.node.region },
    )
    return {
      config,
      version: versions.labels.version,
      bus,
      log,
      sql,
      history,
      cipher,
      instruments,
      fleet,
      analyzer,
      monitor,
      routing,
      messages,
      webhooks,
      failover,
      reporter,
      senders: () => sendersOf(fleet, routing),
      keptCounts,
      canary,
      admin,
      metrics,
    }
  } catch (error) {
    history?.close()
    await sql.close()
    throw error
  }
}

/** The accounts of this process as the fleet report shows them. */
function* mastersOf(
  fleet: Fleet,
  monitor: HealthMonitor,
  { router, book, candidates }: Routing,
): Iterable<Master> {
  const shares = new Map(router.pools().map((pool) => [pool, router.shares(pool)]))
  const active = new Map(
    router.pools().flatMap((pool) => candidates(pool).map((each) => [each.account, each.active] as const)),
  )
  for (const { account, session } of fleet.members()) {
    const { id, pool, role, region } = account
    const report = monitor.report(id)
    const factor = (name: string): number | null =>
      report?.factors.find((each) => each.name === name)?.value ?? null
    yield {
      account: id,
      pool,
      role,
      region,
      mode: book.mode(id),
      state: session.state,
      up: session.snapshot.up,
      healthScore: report?.score ?? null,
      healthStatus: report?.status ?? 'unknown',
      uptimePercent: factor('uptime'),
      failurePercent: factor('errorRate'),
      share: shares.get(pool)?.get(id) ?? 0,
      active: active.get(id) ?? 0,
      issues: (report?.findings ?? []).map(({ issue, severity }) => ({ issue, severity })),
    }
  }
}

function sendersOf(fleet: Fleet, { book }: Routing): Sender[] {
  return fleet.members().map(({ account, epoch, session }) => ({
    account: account.id,
    epoch,
    ready() {
      const mode = book.mode(account.id)
      if (mode !== 'up' && mode !== 'draining') return false
      return session.snapshot.up && session.snapshot.restriction === null
    },
    send: (message) => session.send(message),
  }))
}

/** Who sends for whom, as configured. */
function directoryOf({ pools, accounts }: Config): PoolDirectory {
  return {
    pools: () => pools.map(({ id }) => id),
    accountsOf: (pool) =>
      pools.some(({ id }) => id === pool)
        ? accounts.filter((each) => each.pool === pool).map(({ id }) => id)
        : undefined,
    find: (key) =>
      accounts.find(({ id, phone }) => id === key || phone.replace('+', '') === key.replace('+', '')),
  }
}

function learningView(fleet: Fleet, analyzer: ScanTimeAnalyzer): LearningView {
  const learned = ({ recommendedTimeout, confidence, medianQRScanTime, p95QRScanTime }: ScanMetrics) => ({
    windowMs: recommendedTimeout,
    confidence,
    medianMs: medianQRScanTime,
    p95Ms: p95QRScanTime,
  })
  return {
    accounts: () => fleet.members().map(({ account: { id } }) => ({ id, ...learned(analyzer.metrics(id)) })),
    fleet: () => learned(analyzer.fleetMetrics()),
  }
}

/** Rejects with StoreError when the store was written with another key or under another mode. */
async function makeCipher(encryption: 'on' | 'off', master: Uint8Array | null, sql: Sql): Promise<Cipher> {
  await proveMode(sql, encryption)
  if (master === null) return plainCipher
  await proveMasterKey(sql, master)
  return envelopeCipher(sql, master)
}

function sessionSettings({ whatsapp, pairing }: Config): SessionSettings {
  return {
    url: whatsapp.url,
    connectTimeoutMs: whatsapp.connectTimeoutMs,
    queryTimeoutMs: QUERY_TIMEOUT_MS,
    probeIntervalMs: whatsapp.probeIntervalMs,
    probeDeadlineMs: whatsapp.probeDeadlineMs,
    ackDeadlineMs: whatsapp.ackDeadlineMs,
    lookEveryMs: LOOK_EVERY_MS,
    acksWithheldMs: ACKS_WITHHELD_MS,
    acksWithheldCount: ACKS_WITHHELD_COUNT,
    backoff: { baseMs: whatsapp.reconnect.baseMs, capMs: whatsapp.reconnect.capMs },
    stableAfterMs: whatsapp.reconnect.stableAfterMs,
    sendDeadlineMs: SEND_DEADLINE_MS,
    regenerations: pairing.regenerations,
    typedCodeLifeMs: pairing.maxMs,
  }
}

/** A store that answers and cannot write (a full disk) is no store: the question is a write. */
async function storeMissing(sql: Sql): Promise<string[]> {
  try {
    await sql.query('UPDATE schema_version SET version = version')
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}

function readVersions(): { labels: { version: string; node_version: string; baileys_version: string } } {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const baileys = createRequire(import.meta.url)('@whiskeysockets/baileys/package.json') as {
    version: string
  }
  return {
    labels: { version: own.version, node_version: process.versions.node, baileys_version: baileys.version },
  }
}
