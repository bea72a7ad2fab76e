// One id for each request, in its answer, its refusal and the log: the caller's own where it is well-formed.

import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'

export function requestIdOf(c: Context): string {
  const own = c.req.header('x-request-id') ?? ''
  return /^[A-Za-z0-9._-]{1,64}$/.test(own) ? own : randomUUID()
}
