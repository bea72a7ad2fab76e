// The people with the phones: while an account is pairing, somebody looks at its code, and the phone scans when it likes.

import type { Cast } from './stage.ts'

/** Starts looking; answers the function that stops it. */
export function startViewers(stage: Cast): () => void {
  const { agent, accounts, simulator } = stage
  let over = false
  const look = async ({ id, phone }: { id: string; phone: string }): Promise<void> => {
    let shown = ''
    while (!over) {
      const listed = await agent.connections().catch(() => [])
      const status = listed.find(({ account }) => account === id)?.status
      if (status === 'PAIRING' || status === 'WAITING') {
        const code = await agent.code(id).catch(() => null)
        if (code && code.code !== shown) {
          shown = code.code
          await simulator.client.look(phone, code.code).catch(() => {})
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 400))
    }
  }
  for (const account of accounts) void look(account)
  return () => {
    over = true
  }
}
