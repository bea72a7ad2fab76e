// The guard by the name under which the rest of the admin API knows it.

import type { Context } from 'hono'
import type { Author } from '../store/audit.ts'
import { clientOf } from './access/client.ts'
import type { AdminEnv } from './access/guard.ts'

export { clientOf } from './access/client.ts'
export { type AdminEnv, atLeast, type Guard, makeGuard } from './access/guard.ts'
export type { NarrowTokens } from './access/ways-in.ts'

/** The caller, for the audit trail. */
export function authorOf(c: Context<AdminEnv>): Author {
  return { who: c.get('caller').name, origin: clientOf(c) }
}
