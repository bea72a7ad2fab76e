// What was learned about scan times: one account, every account as a map, or the fleet as one.

import { Hono } from 'hono'
import type { z } from 'zod'
import type { Bus } from '../events.ts'
import type { Account, Fleet } from '../fleet/fleet.ts'
import type { ScanTimeAnalyzer } from '../pairing/learning/analyzer.ts'
import type { AdminEnv } from './auth.ts'
import { refuseFleet, serving } from './contract/serve.ts'
import * as endpoints from './endpoints/pairing.ts'
import type { Plain } from './filter/evaluate.ts'
import { nextLink } from './list/link.ts'
import { only, pageOf } from './list/rows.ts'
import { memberFor, membersFor } from './scope.ts'

interface Row {
  account: Account
  metrics: z.output<typeof endpoints.scanMetrics>
}

const looks = {
  key: ({ account }: Row) => account.id,
  get({ account, metrics }: Row, field: string): Plain {
    if (field === 'account') return account.id
    if (field === 'phoneNumber') return account.phone
    return field === 'pool' ? account.pool : metrics[field as 'totalScans']
  },
}

export function qrMetricsRoutes(fleet: Fleet, analyzer: ScanTimeAnalyzer, bus: Bus): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  const serve = serving(app, bus)
  serve(endpoints.listScanMetrics, ({ c, query, reply }) => {
    if (query.scope === 'fleet') {
      refuseFleet(c, bus)
      return reply(200, analyzer.fleetMetrics())
    }
    const all = membersFor(c, fleet).map(({ account }) => ({
      account,
      metrics: analyzer.metrics(account.id),
    }))
    const { rows, nextCursor } = pageOf(all, query, endpoints.scanMetricsList, looks)
    const byAccount = rows.map(({ account, metrics }) => [account.id, only(metrics, query.fields)] as const)
    return reply(200, Object.fromEntries(byAccount), nextLink(c, nextCursor))
  })
  serve(endpoints.getScanMetrics, ({ c, params, reply }) =>
    reply(200, analyzer.metrics(memberFor(c, fleet, params.phoneNumber).account.id)),
  )
  return app
}
