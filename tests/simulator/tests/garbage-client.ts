// A bare Baileys client in a process of its own, because a garbage frame ends in unhandled rejections there.
import type { NewAccount } from '../index.ts'
import { authOf, Bare } from './bare.ts'

export type Order = { url: string; account: NewAccount }
export type Report = 'open' | { code: number | undefined; rejections: number }

let rejections = 0
process.on('unhandledRejection', () => rejections++)
process.once('message', async ({ url, account }: Order) => {
  const bare = new Bare(url, authOf(account), { keepAliveIntervalMs: 300 })
  await bare.open()
  process.send?.('open' satisfies Report)
  const code = await bare.closed(20_000)
  process.send?.({ code, rejections } satisfies Report, () => process.exit(0))
})
