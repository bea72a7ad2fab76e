// The shape of the configuration: every section once, from YAML with snake_case keys to what the agent reads.

import type { z } from 'zod'
import type { Secret } from './secret.ts'
import { admin } from './sections/admin.ts'
import { failover } from './sections/failover.ts'
import { accounts, impliedPool, pools } from './sections/fleet.ts'
import { health } from './sections/health.ts'
import { history } from './sections/history.ts'
import { metrics } from './sections/metrics.ts'
import { node } from './sections/node.ts'
import { outbox } from './sections/outbox.ts'
import { pager } from './sections/pager.ts'
import { pairing } from './sections/pairing.ts'
import { reports } from './sections/reports.ts'
import { routing } from './sections/routing.ts'
import { store } from './sections/store.ts'
import { telemetry } from './sections/telemetry.ts'
import { webhooks } from './sections/webhooks.ts'
import { whatsapp } from './sections/whatsapp.ts'

/** Every top-level key, in the order in which people read them. */
export const sections = {
  node: node.prefault({}),
  whatsapp: whatsapp.prefault({}),
  store: store.prefault({}),
  history: history.prefault({}),
  metrics: metrics.prefault({}),
  admin: admin.prefault({}),
  telemetry: telemetry.prefault({}),
  pairing: pairing.prefault({}),
  health: health.prefault({}),
  outbox: outbox.prefault({}),
  failover: failover.prefault({}),
  routing: routing.prefault({}),
  reports: reports.prefault({}),
  pager: pager.prefault({}),
  pools,
  accounts,
  webhooks,
}

export type SectionName = keyof typeof sections
/** The sections as their schemas leave them, before the rules that join them. */
export type Parsed = { [S in SectionName]: z.output<(typeof sections)[S]> }

type Frozen<T> = T extends Secret ? T : T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T

export type NodeConfig = Frozen<Parsed['node']>
export type WhatsappConfig = Frozen<Parsed['whatsapp']>
export type StoreConfig = Frozen<Parsed['store'] & { masterKey: Secret | null }>
export type HistoryConfig = Frozen<Parsed['history']>
export type MetricsConfig = Frozen<Parsed['metrics']>
export type AdminConfig = Frozen<Parsed['admin']>
export type TelemetryConfig = Frozen<Parsed['telemetry']>
export type PairingConfig = Frozen<Parsed['pairing']>
export type FailoverConfig = Frozen<Parsed['failover']>
export type OutboxConfig = Frozen<Parsed['outbox']>
export type PagerClientConfig = Frozen<Parsed['pager']>
export type ReportsConfig = Frozen<Parsed['reports']>
export type RoutingConfig = Frozen<Parsed['routing']>
export type HealthConfig = Frozen<Parsed['health']>
export type WebhookConfig = Frozen<Parsed['webhooks'][number]>
export type PoolConfig = Frozen<Parsed['pools'][number]>
export type AccountConfig = Frozen<
  Omit<Parsed['accounts'][number], 'pool' | 'region'> & { pool: string; region: string }
>

/** Everything the operator decided, checked and frozen. Durations are milliseconds. */
export interface Config {
  readonly node: NodeConfig
  readonly whatsapp: WhatsappConfig
  readonly store: StoreConfig
  readonly history: HistoryConfig
  readonly metrics: MetricsConfig
  readonly admin: AdminConfig
  readonly telemetry: TelemetryConfig
  readonly pairing: PairingConfig
  readonly health: HealthConfig
  readonly outbox: OutboxConfig
  readonly failover: FailoverConfig
  readonly routing: RoutingConfig
  readonly reports: ReportsConfig
  readonly pager: PagerClientConfig
  readonly pools: readonly PoolConfig[]
  readonly accounts: readonly AccountConfig[]
  readonly webhooks: readonly WebhookConfig[]
}

/** Joins checked sections: the implied pool, the region of accounts that name none, and the master key. */
export function assemble(parsed: Parsed, masterKey: Secret | null): Config {
  const { node, store } = parsed
  const implied: PoolConfig = { id: impliedPool, strategy: 'least-loaded', failover: 'auto' }
  return {
    ...parsed,
    store: { ...store, masterKey },
    pools: parsed.pools.length > 0 ? parsed.pools : [implied],
    accounts: parsed.accounts.map(({ pool, region, ...account }) => ({
      ...account,
      pool: pool ?? impliedPool,
      region: region ?? node.region,
    })),
  }
}
