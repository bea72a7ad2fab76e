// Linking a phone: links to the page, and the stream that the page and the terminal follow.

import { Hono } from 'hono'
import type { Bus } from '../../events.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import { type AdminEnv, atLeast, clientOf, type Guard } from '../auth.ts'
import { findMember } from '../find.ts'
import { Problem } from '../problem.ts'
import { refuseHead, routeOf } from '../route.ts'
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

/** `api` belongs under /api/dashboard, behind its guard; `page` under /link, and guards itself. */
export function linkingRoutes({ fleet, bus, guard, regenerations }: LinkingParts): {
  api: Hono<AdminEnv>
  page: Hono<AdminEnv>
} {
  const links = new Links()
  const streams = new LinkingStreams(bus, regenerations + 1)
  const operator = atLeast('operator', bus)
  const api = new Hono<AdminEnv>()
  api.get('/connections/:phoneNumber/linking', operator, (c) => {
    // A HEAD would count as somebody looking at a code that nobody sees.
    refuseHead(c, 'a stream')
    return streams.answer(c, findMember(fleet, c.req.param('phoneNumber')), c.get('holds'))
  })
  api.post('/quick-actions/:phoneNumber/link', operator, (c) => {
    const { account } = findMember(fleet, c.req.param('phoneNumber'))
    const { token, expiresAt } = links.mint(account.id)
    bus.emit('pairing.link-made', {}, { account: account.id })
    c.header('cache-control', 'no-store')
    const path = `/link/${account.id}#${token}`
    return c.json(
      { phoneNumber: account.phone, account: account.id, path, expires: new Date(expiresAt).toISOString() },
      201,
    )
  })
  const page = new Hono<AdminEnv>()
  page.get('/:phoneNumber/stream', guard(links), (c) => {
    // A HEAD would count as somebody looking at a code that nobody sees.
    refuseHead(c, 'a stream')
    const { only, role, until = 0 } = c.get('caller')
    const key = c.req.param('phoneNumber')
    // Whoever has a link is told the same of an account that is not theirs and of one that does not exist.
    const allowed = only === undefined ? role !== 'viewer' : only === fleet.find(key)?.account.id
    if (!allowed) {
      bus.emit('admin.refused', { why: 'role', route: routeOf(c), client: clientOf(c) })
      throw new Problem(403, 'role', 'this token is not for the codes of that account')
    }
    const link = only === undefined ? undefined : { until }
    return streams.answer(c, findMember(fleet, key), c.get('holds'), link)
  })
  page.route('/', linkingPage())
  return { api, page }
}
