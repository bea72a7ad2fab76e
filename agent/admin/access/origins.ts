// Pages of other sites may ask only where the configuration names their origin, exactly, and never with what a browser sends along by itself.

import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'

/** Headers that a page may send beside those that need no leave. */
const headers = ['authorization', 'content-type', 'idempotency-key', 'last-event-id']

/** Answers preflights and marks answers for these origins; does nothing where there are none. */
export function allowOrigins(origins: readonly string[]): MiddlewareHandler {
  if (origins.length === 0) return (_, next) => next()
  return cors({
    origin: [...origins],
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowHeaders: headers,
    exposeHeaders: ['retry-after'],
    credentials: false,
    maxAge: 600,
  })
}

/** Whether a page of this origin may open a stream on this host. */
export function mayOpen(origin: string, host: string | undefined, origins: readonly string[]): boolean {
  return origins.includes(origin) || (URL.canParse(origin) && new URL(origin).host === host)
}
