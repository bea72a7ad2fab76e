// How a request is named in metrics and logs: by the pattern that it matched, never by its path, which may hold a phone number or anything else.

import type { Context } from 'hono'
import { matchedRoutes } from 'hono/route'
import { Problem } from './problem.ts'

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** The pattern of the handler, for example `/api/dashboard/connections/:phoneNumber`; `unmatched` where there is none. */
export function routeOf(c: Context): string {
  return (
    matchedRoutes(c)
      .map(({ path }) => path)
      .filter((path) => !path.endsWith('*'))
      .at(-1) ?? 'unmatched'
  )
}

/** One of the known methods, or `other`: a caller must not be able to make a series of each word. */
export function methodOf(c: Context): string {
  return methods.includes(c.req.method) ? c.req.method : 'other'
}

/** Refuses a HEAD, which Hono answers as a GET whose work nobody sees. @param what is asked for, as `a code` */
export function refuseHead(c: Context, what: string): void {
  if (c.req.method === 'HEAD')
    throw new Problem(405, 'method', `${what} is asked for with GET`, { allow: 'GET' })
}
