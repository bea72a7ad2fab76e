// The running agent: containment first, then listeners, then sessions; and the same backwards in bounded time.

import { upgradesTo } from './admin/live/upgrade.ts'
import type { Context } from './context.ts'
import { tellLeftovers } from './fleet/leftovers.ts'
import { keepHealth } from './health/schedule.ts'
import { embeddedHistory } from './history/embedded.ts'
import { Journal } from './history/journal.ts'
import { keepFor } from './history/retention.ts'
import { type Listener, listen } from './http.ts'
import { installCertificateCheck } from './session/baileys/certificate.ts'
import { contain } from './session/baileys/containment.ts'
import { keepSessionsUnhurt } from './session/baileys/unhurt-sessions.ts'
import { keepAudit } from './store/audit-keeper.ts'
import { GrafanaLive } from './telemetry/grafana-live/grafana-live.ts'
import { startTracing } from './telemetry/otel.ts'
import { Certificate } from './tls.ts'

export interface RunningAgent {
  context: Context
  metricsUrl: string
  adminUrl: string
  /** Stops everything; resolves within node.stop_within. Calling it again answers the same promise. */
  stop(signal: string): Promise<void>
}

/**
 * Starts what the context holds. Throws ListenError or StoreError, with everything closed again.
 * @param onFatal an error that is our own and that nobody handled
 */
export async function startAgent(context: Context, onFatal: (error: unknown) => void): Promise<RunningAgent> {
  const { config, bus, fleet, sql, history, messages, keptCounts } = context
  const undo: (() => Promise<void> | void)[] = []
  const undoAll = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  // Last to be undone: a library that dies slowly prints keys, and leaves rejections, while the store is closed.
  undo.push(
    contain({
      printed: (method) => bus.emit('library.printed', { method }),
      rejected: (detail) => bus.emit('session.trapped', { trap: 'unhandled-rejection', detail }),
      fatal: onFatal,
    }),
  )
  undo.push(() => sql.close())
  undo.push(() => history.close())
  const journal = new Journal(history, bus)
  undo.push(() => journal.stop())
  undo.push(keepFor(config.history.retentionMs, history, bus))
  // What an earlier configuration left in the store gets old there too.
  if (history.driver !== 'embedded') undo.push(keepFor(config.history.retentionMs, embeddedHistory(sql), bus))
  try {
    const { otlpEndpoint, serviceName } = config.telemetry
    const stopTracing = startTracing({ endpoint: otlpEndpoint, serviceName, nodeId: config.node.id })
    undo.push(() => stopTracing(2_000))
    undo.push(
      installCertificateCheck({
        mode: config.whatsapp.certificate,
        rootKey: config.whatsapp.rootKey === null ? null : Buffer.from(config.whatsapp.rootKey, 'hex'),
        onUntrusted: () => bus.emit('whatsapp.certificate-untrusted', { mode: config.whatsapp.certificate }),
      }),
    )
    undo.push(keepSessionsUnhurt())
    const open = async (
      app: Parameters<typeof listen>[0],
      at: Parameters<typeof listen>[1],
      what: string,
      upgrades?: Parameters<typeof listen>[3],
      secured?: Parameters<typeof listen>[4],
    ) => {
      const listener: Listener = await listen(app, at, what, upgrades, secured)
      undo.push(() => listener.close(1_000))
      return listener.url
    }
    const metricsUrl = await open(context.metrics, config.metrics.listen, 'metrics.listen')
    // Before the first message is accepted: it must not go to an account that somebody took out.
    undo.push(await context.routing.start())
    await tellLeftovers(
      sql,
      bus,
      config.pools.map(({ id }) => id),
    )
    const { listen: adminAt, tls } = config.admin
    const secured = tls
      ? {
          certificate: new Certificate(tls, 'admin.tls'),
          loaded: (expiresAt: number) => void bus.emit('admin.tls-loaded', { expiresAt }),
          unreadable: (detail: string) => void bus.emit('admin.tls-unreadable', { detail }),
        }
      : undefined
    const adminUrl = await open(context.admin, adminAt, 'admin.listen', upgradesTo(context.admin), secured)
    if (secured) secured.loaded(secured.certificate.expiresAt)
    undo.push(() => context.live.stop())
    // Before the first session changes its state; after the last one it stops.
    undo.push(() => context.webhooks.stop())
    await context.webhooks.start()
    const { grafanaLive } = config.telemetry
    if (grafanaLive)
      undo.push(new GrafanaLive(bus, { ...grafanaLive, timeoutMs: 5_000 }, Math.random).start())
    // Before anything is counted and before the first score.
    await keptCounts.recall(config.accounts.map(({ id }) => id))
    await fleet.start(config.accounts)
    await messages.start(context.senders())
    undo.push(await context.failover.start())
    undo.push(keepHealth(context.monitor, config.health.intervalMs, () => keptCounts.write()))
    undo.push(context.reporter.start())
    undo.push(keepAudit(sql, bus))
    undo.push(context.reports.start())
    if (context.canary) undo.push(context.canary.start())
    if (context.notifications) undo.push(context.notifications.start())
    bus.emit('agent.started', { version: context.version, accounts: config.accounts.length })
    let stopping: Promise<void> | undefined
    const stop = async (signal: string): Promise<void> => {
      const startedAt = performance.now()
      bus.emit('agent.stopping', { signal })
      // At once: whoever follows should find another agent and not watch this one fall asleep.
      void context.live.stop()
      const { stopWithinMs } = config.node
      /** Waits until the work is done or this part of the time is over; what comes later needs a moment too. */
      const until = <T>(part: number, work: Promise<T>, otherwise: T): Promise<T> =>
        within(stopWithinMs * part - (performance.now() - startedAt), work, otherwise)
      // What is on its way may still be acknowledged.
      await until(0.25, messages.stop(stopWithinMs * 0.2), undefined)
      const closed = await until(0.7, fleet.stop(), 0)
      await until(0.9, messages.close(), undefined)
      await until(1, undoAll(), undefined)
      bus.emit('agent.stopped', { ms: Math.round(performance.now() - startedAt), closed })
    }
    return { context, metricsUrl, adminUrl, stop: (signal) => (stopping ??= stop(signal)) }
  } catch (error) {
    await messages.stop(0)
    await fleet.stop()
    await messages.close()
    await undoAll()
    throw error
  }
}

/** The promise's value, or `otherwise` when it takes longer than `ms`. */
async function within<T>(ms: number, promise: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
