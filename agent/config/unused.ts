// What may be configured and has no effect yet: whoever sets it must not believe that it works.

import type { Config } from './schema.ts'

/** Sentences about keys that this version accepts and does not use, and about limits that are exceeded. */
export function unusedSettings({ health, pools, node, accounts }: Config): string[] {
  const said: string[] = []
  const unused = (key: string): void => {
    said.push(`${key} is accepted and not used by this version`)
  }
  if (health.canary === 'on') unused('health.canary')
  if (pools.some(({ strategy }) => strategy !== 'least-loaded')) unused('pools[].strategy')
  if (accounts.length > node.capacity)
    said.push(
      `node.capacity is ${node.capacity} and ${accounts.length} accounts are listed; this node runs them all`,
    )
  return said
}
