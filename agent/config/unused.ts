// What may be configured and has no effect yet: whoever sets it must not believe that it works.

import type { Config } from './schema.ts'

/** Sentences about keys that this version accepts and does not use, and about limits that are exceeded. */
export function unusedSettings({ node, accounts }: Config): string[] {
  const said: string[] = []
  if (accounts.length > node.capacity)
    said.push(
      `node.capacity is ${node.capacity} and ${accounts.length} accounts are listed; this node runs them all`,
    )
  return said
}
