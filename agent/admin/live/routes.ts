// The two ways into the live stream. Whoever may not read it, or asks for what there is not, is told so before anything is opened.

import type { ServerResponse } from 'node:http'
import { type Context, Hono } from 'hono'
import type { AdminEnv } from '../auth.ts'
import { Problem } from '../problem.ts'
import { refuseHead } from '../route.ts'
import type { LiveHub } from './hub.ts'
import { SseClient } from './sse-client.ts'
import { PROTOCOL, type Upgrading } from './upgrade.ts'
import { BadView, type Known, type Place, readEventId, readQuery, type View } from './view.ts'
import { WebSocketClient } from './websocket-client.ts'

export interface LiveRoutes {
  hub: LiveHub
  known: Known
}

/** What the listeners put beside a request: one of the two. */
type Beside = { outgoing?: ServerResponse; upgrading?: Upgrading } | undefined

/** Belongs to GET /api/dashboard/stream, behind the guard. */
export function eventStream({ hub, known }: LiveRoutes): Hono<AdminEnv> {
  return new Hono<AdminEnv>().get('/', (c) => {
    refuseHead(c, 'a stream')
    const { view, place } = wanted(c, known)
    const at = place ?? readEventId(c.req.header('last-event-id'))
    const client = new SseClient((c.env as Beside)?.outgoing)
    const release = hub.reserve()
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
  })
}

/** Belongs to GET /ws/dashboard/status, behind the guard. */
export function socketStream({ hub, known }: LiveRoutes): Hono<AdminEnv> {
  return new Hono<AdminEnv>().get('/', (c) => {
    const upgrading = (c.env as Beside)?.upgrading
    refuseHead(c, 'a stream')
    if (!upgrading)
      throw new Problem(426, 'upgrade-required', 'this is a WebSocket; /api/dashboard/stream is the same', {
        upgrade: 'websocket',
      })
    refuseOthers(c)
    const { view, place } = wanted(c, known)
    const release = hub.reserve()
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
  })
}

/** A page of another site must not read it with what a browser sends along; and a client that names protocols must know ours. */
function refuseOthers(c: Context): void {
  const origin = c.req.header('origin')
  const host = c.req.header('host')
  if (origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === host))
    throw new Problem(
      403,
      'origin',
      `Origin: found "${origin.slice(0, 64)}", allowed: none, or the host that is asked, "${host?.slice(0, 64)}"`,
    )
  const offered = c.req.header('sec-websocket-protocol')
  if (offered !== undefined && !offered.split(/\s*,\s*/).includes(PROTOCOL))
    throw new Problem(
      400,
      'bad-protocol',
      `Sec-WebSocket-Protocol: found "${offered.slice(0, 64)}", allowed: ${PROTOCOL}, bearer.TOKEN`,
    )
}

function wanted(c: Context, known: Known): { view: View; place: Place | null } {
  try {
    return readQuery(c.req.queries(), known)
  } catch (error) {
    if (error instanceof BadView) throw new Problem(400, 'bad-query', error.message)
    throw error
  }
}
