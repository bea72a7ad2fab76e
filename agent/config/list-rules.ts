// What the lists of accounts, pools and webhooks must be to each other. Looks at them as they were written, so that one mistake hides no other.

import { show } from './problems.ts'
import { refusedPort } from './refused-ports.ts'
import { impliedPool } from './sections/fleet.ts'
import type { Path } from './tree.ts'

/** A broken rule, with the path as steps. */
export interface Breach {
  path: Path
  found: string
  allowed: string
}

/** Every broken rule among lists that may not be right in themselves. */
export function ofLists(values: Readonly<Record<string, unknown>>): Breach[] {
  const pools = strings(values.pools, 'id')
  const poolIds = pools.map((pool) => pool.text)
  return [
    ...repeats('pools', 'id', pools),
    ...repeats('accounts', 'id', strings(values.accounts, 'id')),
    ...repeats('accounts', 'phone', strings(values.accounts, 'phone')),
    ...repeats('webhooks', 'id', strings(values.webhooks, 'id')),
    ...membership(values, poolIds),
    ...webhookPools(values, poolIds),
    ...webhookPorts(values),
  ]
}

/** The texts that a list's items have under a name, with their places. */
function strings(list: unknown, name: string): { index: number; text: string }[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((item, index) => {
    const text = (item as Record<string, unknown> | null)?.[name]
    return typeof text === 'string' ? [{ index, text }] : []
  })
}

function repeats(list: string, name: string, entries: { index: number; text: string }[]): Breach[] {
  const first = new Map<string, number>()
  return entries.flatMap(({ index, text }) => {
    const earlier = first.get(text)
    if (earlier === undefined) {
      first.set(text, index)
      return []
    }
    const allowed = `one that ${list}[${earlier}] does not have already`
    return [{ path: [list, index, name], found: show(text), allowed }]
  })
}

/** An account's pool must be in the list; where there is no list, the implied pool is the only one. */
function membership(values: Readonly<Record<string, unknown>>, poolIds: string[]): Breach[] {
  if (!Array.isArray(values.accounts)) return []
  const none = !Array.isArray(values.pools) || values.pools.length === 0
  const known = none ? [impliedPool] : poolIds
  const allowed = none ? `${impliedPool}, or a list under pools:` : `one of pools: ${known.join(', ')}`
  return values.accounts.flatMap((account: unknown, index) => {
    if (typeof account !== 'object' || account === null) return []
    const { pool } = account as Record<string, unknown>
    if (typeof pool === 'string' ? known.includes(pool) : none || pool !== undefined) return []
    return [{ path: ['accounts', index, 'pool'], found: show(pool), allowed }]
  })
}

/** A webhook of a pool that is not there would be silent for ever. */
function webhookPools(values: Readonly<Record<string, unknown>>, poolIds: string[]): Breach[] {
  if (!Array.isArray(values.webhooks)) return []
  const known = poolIds.length === 0 ? [impliedPool] : poolIds
  return values.webhooks.flatMap((webhook: unknown, index) => {
    const pools = (webhook as Record<string, unknown> | null)?.pools
    if (!Array.isArray(pools)) return []
    return pools.flatMap((pool: unknown, place) =>
      typeof pool !== 'string' || known.includes(pool)
        ? []
        : [
            {
              path: ['webhooks', index, 'pools', place],
              found: show(pool),
              allowed: `one of pools: ${known.join(', ')}`,
            },
          ],
    )
  })
}

function webhookPorts(values: Readonly<Record<string, unknown>>): Breach[] {
  return strings(values.webhooks, 'url').flatMap(({ index, text }) => {
    const port = refusedPort(text)
    if (port === null) return []
    const allowed = 'another port: HTTP clients refuse this one, as it belongs to another protocol'
    return [{ path: ['webhooks', index, 'url'], found: `port ${port}`, allowed }]
  })
}
