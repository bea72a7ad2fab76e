// Linking a phone: links to the page, and the stream that the page and the terminal follow.

import { Hono } from 'hono'
import type { Bus } from '../../events.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import { type AdminEnv, clientOf, type Guard } from '../auth.ts'
import { serving } from '../contract/serve.ts'
import * as endpoints from '../endpoints/linking.ts'
import { Problem } from '../problem.ts'
import { routeOf } from '../route.ts'
import { memberFor } from '../scope.ts'
import { linkingPage } from './assets.ts'
import { Links } from './links.ts'
import { LinkingStreams } from './stream.ts'

export interface LinkingParts {
  fleet: Fleet
  bus: Bus
  guard: Guard
  /** Regenerations allowed in a row. */
  regenerations: number
}

/** `api` belongs behind the guard of /api; `page` guards itself. */
export function linkingRoutes({ fleet, bus, guard, regenerations }: LinkingParts): {
  api: Hono<AdminEnv>
  page: Hono<AdminEnv>
} {
  const links = new Links()
  const streams = new LinkingStreams(bus, regenerations + 1)
  const api = new Hono<AdminEnv>()
  const serve = serving(api, bus)
  serve(endpoints.followLinking, ({ c, params }) =>
    streams.answer(c, memberFor(c, fleet, params.phoneNumber), c.get('holds')),
  )
  serve(endpoints.makeLink, ({ c, params, reply }) => {
    const { account } = memberFor(c, fleet, params.phoneNumber)
    const { token, expiresAt } = links.mint(account.id)
    bus.emit('pairing.link-made', {}, { account: account.id })
    const path = `/link/${account.id}#${token}`
    const made = { phoneNumber: account.phone, account: account.id, path }
    return reply(
      201,
      { ...made, expires: new Date(expiresAt).toISOString() },
      { 'cache-control': 'no-store' },
    )
  })
  const page = new Hono<AdminEnv>()
  page.use('/link/:phoneNumber/stream', guard(links))
  serving(page, bus)(endpoints.followLink, ({ c, params: { phoneNumber: key } }) => {
    const { name: who, only, role, until = 0 } = c.get('caller')
    // Whoever has a link is told the same of an account that is not theirs and of one that does not exist.
    const allowed = only === undefined ? role !== 'viewer' : only === fleet.find(key)?.account.id
    if (!allowed) {
      bus.emit('admin.refused', { why: 'role', route: routeOf(c), client: clientOf(c), who })
      throw new Problem(403, 'role', 'this token is not for the codes of that account')
    }
    const link = only === undefined ? undefined : { until }
    return streams.answer(c, memberFor(c, fleet, key), c.get('holds'), link)
  })
  page.route('/link', linkingPage())
  return { api, page }
}
