// The fleet and what carries its messages: webhooks, outbox, sessions, routing and failover, each knowing the others by a function only.

import { impliedPool } from '../config/sections/fleet.ts'
import { FailoverDesk } from '../fleet/failover/desk.ts'
import { Fleet } from '../fleet/fleet.ts'
import { takeOwnership } from '../fleet/ownership.ts'
import { makeRouting, type Routing } from '../fleet/routing.ts'
import type { CanaryBook } from '../health/canary/book.ts'
import { HealthMonitor } from '../health/monitor.ts'
import { MessagePath } from '../outbox/message-path.ts'
import type { Route } from '../outbox/route.ts'
import { tellParked } from '../outbox/telling.ts'
import type { ScanTimeAnalyzer } from '../pairing/learning/analyzer.ts'
import { loadAuth } from '../session/auth-state.ts'
import { openBaileys } from '../session/baileys/open-socket.ts'
import { secretsOf } from '../webhooks/target.ts'
import { Webhooks } from '../webhooks/webhooks.ts'
import type { Ground } from './ground.ts'
import { sessionSettings, TAKE_BACK_WITHIN_MS } from './settings.ts'

export interface MessageRooms {
  webhooks: Webhooks
  messages: MessagePath
  fleet: Fleet
  monitor: HealthMonitor
  routing: Routing
  failover: FailoverDesk
}

export function openMessageRooms(
  ground: Ground,
  analyzer: ScanTimeAnalyzer,
  canaries: CanaryBook,
): MessageRooms {
  const { config, overrides, bus, sql, cipher, targets, random } = ground
  const poolOf = new Map(config.accounts.map(({ id, pool }) => [id, pool]))
  const webhooks = new Webhooks({
    sql,
    cipher,
    bus,
    targets,
    poolOf: (account) => poolOf.get(account),
    random,
  })
  // An account that moved to another pool since is still the one that was named.
  const route: Route = ({ pool, bound, again, ...request }) =>
    routing.router.choose(
      bound === null ? pool : (routing.find(bound)?.pool ?? pool),
      { ...request, bound },
      again,
    ).account
  const messages = new MessagePath({
    bus,
    sql,
    cipher,
    webhooks,
    route,
    poolOf: (account) => poolOf.get(account) ?? impliedPool,
    settings: config.outbox,
    random,
  })
  const fleet = new Fleet({
    bus,
    connectConcurrency: config.whatsapp.connectConcurrency,
    settings: { ...sessionSettings(config), ...overrides.settings },
    openSocket: overrides.openSocket ?? openBaileys,
    loadAuth: (account, epoch) => loadAuth({ sql, cipher, bus, account, epoch }),
    pairingWindow: (account, inARow) => analyzer.recommendedWindow(account, inARow),
    own: (account) => takeOwnership(sql, account, config.node.id),
    onInbound: overrides.onInbound ?? (() => {}),
    keepInbound: (account, message) => messages.inbound.keep(account, message),
    textOf: (messageId) => messages.outbox.textOf(messageId),
    swallow: (account, message) => canaries.swallow(account, message),
    random,
    takeBackWithinMs: overrides.takeBackWithinMs ?? TAKE_BACK_WITHIN_MS,
  })
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
  const routing = makeRouting({
    config,
    sql,
    bus,
    fleet,
    monitor,
    live: () => messages.live,
    spentUntil: (account) => messages.spentUntil(account),
    random,
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
      for (const { account, epoch, session } of fleet.members())
        yield { account: account.id, pool: account.pool, epoch, snapshot: session.snapshot }
    },
    // An account of another node is believed: it says itself how it is, and falls silent with its node.
    alive: async (account) =>
      fleet.find(account)?.session.probe() ??
      routing
        .candidates(routing.find(account)?.pool ?? '')
        .some((each) => each.account === account && each.usable),
    wake: (account) => messages.outbox.wake(account),
    tell: tellParked(webhooks),
  })
  return { webhooks, messages, fleet, monitor, routing, failover }
}
