// The two ways into the live stream. Whoever may not read it, or asks for what there is not, is told so before anything is opened.

import type { ServerResponse } from 'node:http'
import { type Context, Hono } from 'hono'
import type { Bus } from '../../events.ts'
import { mayOpen } from '../access/origins.ts'
import type { AdminEnv } from '../auth.ts'
import { serving } from '../contract/serve.ts'
import * as endpoints from '../endpoints/streams.ts'
import { Problem } from '../problem.ts'
import { poolsOf, sees } from '../scope.ts'
import type { LiveHub } from './hub.ts'
import { SseClient } from './sse-client.ts'
import { PROTOCOL, type Upgrading } from './upgrade.ts'
import { BadView, type Known, type Place, readEventId, readQuery, type View } from './view.ts'
import { WebSocketClient } from './websocket-client.ts'

export interface LiveRoutes {
  hub: LiveHub
  /** By id or phone. */
  account(key: string): { id: string; pool: string } | undefined
  pools(): readonly string[]
  bus: Bus
  /** Origins of other sites whose pages may open it, exactly. */
  origins?: readonly string[]
}

/** What the listeners put beside a request: one of the two. */
type Beside = { outgoing?: ServerResponse; upgrading?: Upgrading } | undefined

/** Belongs behind the guards of /api and /ws. */
export function liveRoutes(parts: LiveRoutes): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  const serve = serving(app, parts.bus)
  serve(endpoints.followEvents, ({ c }) => eventStream(c, parts))
  serve(endpoints.followSocket, ({ c }) => socketStream(c, parts))
  return app
}

function eventStream(c: Context<AdminEnv>, parts: LiveRoutes): Response {
  const { hub } = parts
  const { view, place } = wanted(c, parts)
  const at = place ?? readEventId(c.req.header('last-event-id'))
  const client = new SseClient((c.env as Beside)?.outgoing)
  const release = hub.reserve(poolsOf(c))
  try {
    const { gone } = hub.join(client, { view, place: at, holds: c.get('holds') })
    client.listen(() => {
      gone()
      release()
    })
  } catch (error) {
    release()
    throw error
  }
  return c.body(client.body, 200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
}

function socketStream(c: Context<AdminEnv>, parts: LiveRoutes): Response {
  const { hub, origins = [] } = parts
  const upgrading = (c.env as Beside)?.upgrading
  if (!upgrading)
    throw new Problem(426, 'upgrade-required', 'this is a WebSocket; /api/dashboard/stream is the same', {
      upgrade: 'websocket',
    })
  refuseOthers(c, origins)
  const { view, place } = wanted(c, parts)
  const release = hub.reserve(poolsOf(c))
  const holds = c.get('holds')
  upgrading.failed = release
  upgrading.accepted = (ws, socket) => {
    const client = new WebSocketClient(ws, socket)
    const { gone, drop } = hub.join(client, { view, place, holds })
    client.listen({
      spoke: () => drop('spoke'),
      gone: () => {
        gone()
        release()
      },
    })
  }
  return c.body(null, 204)
}

/** A page of another site must not read it with what a browser sends along; and a client that names protocols must know ours. */
function refuseOthers(c: Context, origins: readonly string[]): void {
  const origin = c.req.header('origin')
  const host = c.req.header('host')
  if (origin !== undefined && !mayOpen(origin, host, origins))
    throw new Problem(
      403,
      'origin',
      `Origin: found "${origin.slice(0, 64)}", allowed: none, the host that is asked, "${host?.slice(0, 64)}", or one of admin.cors_origins`,
    )
  const offered = c.req.header('sec-websocket-protocol')
  if (offered !== undefined && !offered.split(/\s*,\s*/).includes(PROTOCOL))
    throw new Problem(
      400,
      'bad-protocol',
      `Sec-WebSocket-Protocol: found "${offered.slice(0, 64)}", allowed: ${PROTOCOL}, bearer.TOKEN`,
    )
}

/** Who is limited to pools knows these and sees nothing else, also where nothing is asked for. */
function wanted(c: Context<AdminEnv>, { account, pools }: LiveRoutes): { view: View; place: Place | null } {
  const known: Known = {
    account(key) {
      const found = account(key)
      return found && sees(c, found.pool) ? found.id : undefined
    },
    pools: () => pools().filter((pool) => sees(c, pool)),
  }
  try {
    const { view, place } = readQuery(c.req.queries(), known)
    const own = poolsOf(c)
    return { view: own && view.pools === null ? { ...view, pools: [...own].sort() } : view, place }
  } catch (error) {
    if (error instanceof BadView) throw new Problem(400, 'bad-query', error.message)
    throw error
  }
}
