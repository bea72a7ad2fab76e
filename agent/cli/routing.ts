// `linda routing`, `linda strategy`, `linda account`: who gets which part of the traffic, and changing it while the agent runs.

import type { Asking } from './agent-api.ts'
import { answering, askJson, noLinda } from './answering.ts'
import type { CommandIo } from './io.ts'
import { listing } from './table.ts'

interface RoutedAccount {
  account: string
  share: number
  why: string
  mode: string
  modeWhy: string
  role: string
  priority: number
  weight: number
  region: string
  active: number
}

interface RoutedPool {
  pool: string
  strategy: string
  configuredStrategy: string
  accounts: RoutedAccount[]
}

interface Json {
  json: boolean
}

/** Status 1 when the agent does not answer, 2 when it refuses; so for every command here. */
export function showRouting(
  { pool, region, json }: Json & { pool: string | undefined; region: string | undefined },
  io: CommandIo,
): Promise<number> {
  const query = new URLSearchParams({ ...(pool && { pool }), ...(region && { region }) })
  return answering(io, async () => {
    const { pools } = await asked<{ pools: RoutedPool[] }>(`/api/routing?${query}`, io)
    const rows = pools.flatMap(({ pool: id, strategy, accounts }) =>
      accounts.map((each) => [id, strategy, ...cells(each)]),
    )
    if (json) return { pools }
    const regions = new Set(pools.flatMap(({ accounts }) => accounts.map((each) => each.region)))
    if (region !== undefined && rows.length > 0 && !regions.has(region))
      io.err(`no account is in the region "${region}", only in ${[...regions].sort().join(', ')}\n`)
    const none = `no account is in ${pool === undefined ? 'any pool' : `the pool ${pool}`}`
    return listing(io, head, rows, { right, yields, none })
  })
}

/** Without a strategy and without `takeBack` it says which one the pool has. */
export function strategyOf(
  pool: string,
  { strategy, takeBack, json }: Json & { strategy: string | undefined; takeBack: boolean },
  io: CommandIo,
): Promise<number> {
  const path = `/api/routing/pools/${encodeURIComponent(pool)}/strategy`
  return answering(io, async () => {
    const found = takeBack
      ? await asked<RoutedPool>(path, io, { method: 'DELETE' })
      : strategy === undefined
        ? (await asked<{ pools: RoutedPool[] }>(`/api/routing?${new URLSearchParams({ pool })}`, io)).pools[0]
        : await asked<RoutedPool>(path, io, { method: 'PUT', body: { strategy } })
    if (!found) throw noLinda(io)
    const { strategy: now, configuredStrategy: configured } = found
    const note = now === configured ? '' : ` (configured: ${configured})`
    return json ? found : `${found.pool}: ${now}${note}\n`
  })
}

export function setMode(
  account: string,
  { mode, why, json }: Json & { mode: string; why: string },
  io: CommandIo,
): Promise<number> {
  const path = `/api/accounts/${encodeURIComponent(account)}/mode`
  return answering(io, async () => {
    const found = await asked<RoutedAccount>(path, io, { method: 'PUT', body: { mode, why } })
    return json ? found : `${found.account}: ${found.mode}${found.modeWhy ? ` (${found.modeWhy})` : ''}\n`
  })
}

/** @param changes null takes weight and priority back to what is configured */
export function setAccount(
  account: string,
  { changes, json }: Json & { changes: { weight?: number; priority?: number } | null },
  io: CommandIo,
): Promise<number> {
  const path = `/api/routing/accounts/${encodeURIComponent(account)}`
  return answering(io, async () => {
    const asking: Asking = changes === null ? { method: 'DELETE' } : { method: 'PUT', body: changes }
    const found = await asked<RoutedAccount>(path, io, asking)
    return json ? found : `${found.account}: weight ${found.weight}, priority ${found.priority}\n`
  })
}

const head = [
  'POOL',
  'STRATEGY',
  'ACCOUNT',
  'SHARE',
  'MODE',
  'ROLE',
  'PRIORITY',
  'WEIGHT',
  'REGION',
  'ACTIVE',
  'WHY',
]
const yields = ['REGION', 'WEIGHT', 'PRIORITY', { shorten: 'WHY' }, 'STRATEGY', 'ROLE', 'ACTIVE', 'POOL']
const right = ['SHARE', 'PRIORITY', 'WEIGHT', 'ACTIVE']

function cells({
  account,
  share,
  mode,
  role,
  priority,
  weight,
  region,
  active,
  why,
}: RoutedAccount): string[] {
  const percent = `${(share * 100).toFixed(1)}%`
  return [account, percent, mode, role, String(priority), String(weight), region, String(active), why]
}

function asked<T extends object>(path: string, io: CommandIo, asking: Asking = {}): Promise<T> {
  return askJson<T>(path, io, asking, (body) => 'pools' in body || 'pool' in body)
}
