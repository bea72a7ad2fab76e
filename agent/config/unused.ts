// What may be configured and has no effect yet: whoever sets it must not believe that it works.

import { isLoopback } from './listen.ts'
import type { Config } from './schema.ts'

/** Sentences about keys that this version accepts and does not use, limits that are exceeded, and secrets that cross a network in clear. */
export function unusedSettings({ node, pools, accounts, admin }: Config): string[] {
  const said: string[] = []
  if (accounts.length > node.capacity)
    said.push(
      `node.capacity is ${node.capacity} and ${accounts.length} accounts are listed; this node runs them all`,
    )
  const used = new Set(accounts.map(({ pool }) => pool))
  const empty = pools.filter(({ id }) => !used.has(id)).map(({ id }) => id)
  if (accounts.length > 0 && empty.length > 0)
    said.push(
      `pools without an account here: ${empty.join(', ')}; unless another node lists one, nothing can be sent through them`,
    )
  const { listen, tls, grafana } = admin
  if (tls === null && !isLoopback(listen.host))
    said.push(
      `admin.listen is ${listen.host}:${listen.port} and admin.tls is not set: tokens cross the network in clear`,
    )
  if (grafana?.jwksUrl.startsWith('http:') && !isLoopback(new URL(grafana.jwksUrl).hostname))
    said.push(
      'admin.grafana gets its keys over http: whoever stands between could be any user of Grafana, with the rights of its token',
    )
  return said
}
