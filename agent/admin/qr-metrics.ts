// What was learned about scan times: one account, every account as a map, or the fleet as one.

import { Hono } from 'hono'
import { z } from 'zod'
import type { Fleet } from '../fleet/fleet.ts'
import type { ScanTimeAnalyzer } from '../pairing/learning/analyzer.ts'
import type { AdminEnv } from './auth.ts'
import { findMember } from './find.ts'
import { Problem } from './problem.ts'

const scopes = ['accounts', 'fleet'] as const
const scopeSchema = z.enum(scopes).default('accounts')

export function qrMetricsRoutes(fleet: Fleet, analyzer: ScanTimeAnalyzer): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  app.get('/', (c) => {
    const scope = scopeSchema.safeParse(c.req.query('scope'))
    if (!scope.success)
      throw new Problem(
        400,
        'bad-scope',
        `found scope "${c.req.query('scope')?.slice(0, 32)}", allowed: ${scopes.join(', ')}`,
      )
    if (scope.data === 'fleet') return c.json(analyzer.fleetMetrics())
    return c.json(
      Object.fromEntries(fleet.members().map(({ account: { id } }) => [id, analyzer.metrics(id)])),
    )
  })
  app.get('/:phoneNumber', (c) =>
    c.json(analyzer.metrics(findMember(fleet, c.req.param('phoneNumber')).account.id)),
  )
  return app
}
