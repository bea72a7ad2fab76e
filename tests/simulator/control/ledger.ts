// Reading the ledger: the raw events, the records folded from them, and the summary.
import type { Hono } from 'hono'
import { summarise } from '../ledger/summary.ts'
import type { World } from '../world.ts'
import { check } from './input.ts'
import * as schemas from './schemas.ts'

export function ledgerRoutes(app: Hono, world: World): void {
  const { records } = world.ledger
  app.get('/ledger', (context) => {
    const { since } = check(schemas.since, context.req.query())
    return context.json({ entries: world.ledger.since(since) })
  })
  app.get('/ledger/summary', (context) => context.json(summarise(records)))
  for (const name of ['connections', 'messages', 'inbound'] as const) {
    app.get(`/ledger/${name}`, (context) => {
      const account = context.req.query('account')?.replace(/^\+/, '')
      const all: { account: string | null }[] = [...records[name].values()]
      return context.json({ records: all.filter((one) => account === undefined || one.account === account) })
    })
  }
}
