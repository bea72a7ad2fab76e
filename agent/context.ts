// The only file that knows everybody: it builds each part once from the configuration; tests override parts here.

import type { Hono } from 'hono'
import type { Logger } from 'pino'
import { openAccess } from './admin/access/access.ts'
import { adminApp } from './admin/app.ts'
import type { AdminEnv } from './admin/auth.ts'
import { LiveHub } from './admin/live/hub.ts'
import { liveWorld } from './admin/live/world.ts'
import { Reporter } from './analytics/reporter.ts'
import type { ReportDesk } from './analytics/reports/desk.ts'
import type { Config } from './config/schema.ts'
import { followAll } from './context/gauges.ts'
import { openGround, storeMissing } from './context/ground.ts'
import { type MessageRooms, openMessageRooms } from './context/message-rooms.ts'
import type { Overrides } from './context/overrides.ts'
import { openReports } from './context/reports.ts'
import { directoryOf, directoryOfAll, mastersOf, sendersOf, whySilent } from './context/views.ts'
import type { Bus } from './events.ts'
import { canaryMembers } from './fleet/canary-members.ts'
import { CanaryBook } from './health/canary/book.ts'
import { Canary, canaryPace } from './health/canary/canary.ts'
import { KeptCounts } from './health/kept-counts.ts'
import type { History } from './history/port.ts'
import { PagerClient } from './notifications/client.ts'
import { NotificationWatch } from './notifications/watch.ts'
import type { Sender } from './outbox/sender.ts'
import { ScanTimeAnalyzer } from './pairing/learning/analyzer.ts'
import { followPairing, recallOnceReadable } from './pairing/learning/follow.ts'
import type { Cipher } from './store/cipher.ts'
import type { Sql } from './store/sql.ts'
import type { Instruments } from './telemetry/instruments.ts'
import { metricsApp } from './telemetry/listener.ts'
import { followLive } from './telemetry/live-gauges.ts'

export type { Overrides } from './context/overrides.ts'

export interface Context extends MessageRooms {
  config: Config
  version: string
  bus: Bus
  log: Logger
  sql: Sql
  history: History
  cipher: Cipher
  instruments: Instruments
  analyzer: ScanTimeAnalyzer
  reporter: Reporter
  reports: ReportDesk
  live: LiveHub
  /** Null where no pager is configured. */
  notifications: NotificationWatch | null
  /** The accounts of this process, as the outbox sees them. */
  senders(): Sender[]
  /** What health counts, across restarts. */
  keptCounts: KeptCounts
  /** Null where the configuration leaves it off. */
  canary: Canary | null
  admin: Hono<AdminEnv>
  metrics: Hono
}

/** Opens the store and builds every part; nothing listens and nothing connects yet. Throws StoreError, and HistoryError or WebhookError for a mistake in the configuration. */
export async function buildContext(config: Config, overrides: Overrides = {}): Promise<Context> {
  const ground = await openGround(config, overrides)
  const { bus, log, sql, history, cipher, instruments, random } = ground
  try {
    const analyzer = new ScanTimeAnalyzer(config.pairing.policy, config.pairing)
    await recallOnceReadable(history, analyzer, bus)
    followPairing(bus, analyzer)
    // Also where none are sent: one from an earlier run may still come.
    const canaries = new CanaryBook(
      bus,
      config.accounts.map(({ phone }) => phone),
    )
    const rooms = openMessageRooms(ground, analyzer, canaries)
    const { fleet, monitor, messages, routing, failover, webhooks } = rooms
    const { canary: wanted, canaryIntervalMs: intervalMs, canaryDeadlineMs: deadlineMs } = config.health
    const canary =
      wanted === 'off'
        ? null
        : new Canary({
            bus,
            book: canaries,
            members: () => canaryMembers(fleet),
            settings: { intervalMs, deadlineMs, ...canaryPace, ...overrides.canary },
            random,
          })
    const keptCounts = new KeptCounts({
      sql,
      bus,
      accounts: () => monitor.accounts(),
      counts: (account) => monitor.counts(account),
    })
    const reporter = new Reporter({
      bus,
      masters: () => mastersOf(fleet, monitor, routing),
      parked: () =>
        messages.live.reduce((sum, { state, count }) => sum + (state === 'parked' ? count : 0), 0),
    })
    const reports = openReports(ground, rooms)
    const version = followAll(ground, rooms, analyzer)
    const pools = config.pools.map(({ id }) => id)
    const directory = directoryOfAll(config, routing)
    const { tokens, access } = openAccess(config.admin, {
      sql,
      bus,
      log,
      pools,
      account: directory.find,
    })
    const live = new LiveHub({ bus, world: liveWorld(fleet, monitor) })
    followLive(instruments, () => live.clients())
    const pager = config.pager.url === null ? null : new PagerClient(config.pager.url, config.pager.tokenFile)
    const { find } = directoryOf(config)
    const notifications =
      pager &&
      new NotificationWatch({
        client: pager,
        bus,
        history,
        pollMs: config.pager.pollMs,
        isAccount: (id) => find(id)?.id === id,
      })
    const admin = adminApp({
      fleet,
      analyzer,
      monitor,
      routing,
      probeDeadlineMs: config.whatsapp.probeDeadlineMs,
      unhealthyBelow: config.health.thresholds.unhealthyBelow,
      messages: {
        outbox: messages.outbox,
        directory,
        bus,
        expiresAfterMs: config.outbox.expiresAfterMs,
        waitsFor: (row) => messages.waitsFor(row, whySilent(routing, row)),
      },
      webhooks,
      reporter,
      reports,
      live,
      pager,
      failovers: { desk: failover, find: (key) => routing.find(key), bus },
      sql,
      history,
      bus,
      tokens,
      access,
      regenerations: config.pairing.regenerations,
      onError: (error, requestId) => log.error({ err: error, requestId }, 'admin request failed'),
    })
    const metrics = metricsApp(
      instruments.registry,
      { missing: () => storeMissing(sql) },
      { node: config.node.id, region: config.node.region },
    )
    return {
      ...rooms,
      config,
      version,
      bus,
      log,
      sql,
      history,
      cipher,
      instruments,
      analyzer,
      reporter,
      reports,
      live,
      notifications,
      senders: () => sendersOf(fleet, routing),
      keptCounts,
      canary,
      admin,
      metrics,
    }
  } catch (error) {
    history.close()
    await sql.close()
    throw error
  }
}
