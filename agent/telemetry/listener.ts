// The metrics listener: open to whoever can reach it, so nothing secret is ever said here.

import { Hono } from 'hono'
import { Registry } from 'prom-client'
import { renderOpenMetrics } from './exposition.ts'

export interface Readiness {
  /** Empty when ready, otherwise what is missing. Speaks of the store and the listeners, never of sessions. */
  missing(): Promise<string[]> | string[]
}

/** `/metrics`, `/healthz`, `/readyz`, `/sd`. */
export function metricsApp(registry: Registry, readiness: Readiness, labels: Record<string, string>): Hono {
  const app = new Hono()
  app.get('/metrics', async (c) =>
    c.body(await renderOpenMetrics(registry), 200, { 'content-type': Registry.OPENMETRICS_CONTENT_TYPE }),
  )
  app.get('/healthz', (c) => c.text('ok\n'))
  app.get('/readyz', async (c) => {
    const missing = await readiness.missing()
    return missing.length === 0 ? c.text('ready\n') : c.text(`not ready: ${missing.join(', ')}\n`, 503)
  })
  // Prometheus' http_sd_configs: the address is the one that the asker used.
  app.get('/sd', (c) => c.json([{ targets: [c.req.header('host') ?? ''], labels }]))
  app.notFound((c) => c.text('this listener has /metrics, /healthz, /readyz and /sd\n', 404))
  return app
}
