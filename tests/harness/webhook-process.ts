// A process of its own that writes notices and delivers them, one line on standard output for each commit, until it is killed.

import { Secret } from '../../agent/config/secret.ts'
import { Bus } from '../../agent/events.ts'
import { envelopeCipher } from '../../agent/store/cipher.ts'
import { openStore } from '../../agent/store/open.ts'
import { Webhooks } from '../../agent/webhooks/webhooks.ts'

/** What it is told on its command line, as JSON. */
export interface WebhookOrders {
  store: string
  receiver: string
  secret: string
  lanes: string[]
  /** The number of its first notice. */
  from: number
  settings: Record<string, number>
}

const { store, receiver, secret, lanes, from, settings } = JSON.parse(
  process.argv[2] ?? '{}',
) as WebhookOrders
const bus = new Bus('victim')
const sql = await openStore(store, bus)
const cipher = envelopeCipher(sql, Buffer.alloc(32, 7))
const target = {
  id: 'crm',
  url: receiver,
  secrets: [new Secret(secret)],
  events: [],
  pools: [],
  timeoutMs: 500,
  concurrency: 4,
  limit: 10_000,
}
const webhooks = new Webhooks({
  sql,
  cipher,
  bus,
  targets: [target],
  poolOf: () => 'sales',
  random: () => 0.5,
  settings,
})
await webhooks.start()
for (let n = from; ; n++) {
  const lane = lanes[n % lanes.length] ?? ''
  const notice = {
    type: 'message.state',
    lane,
    pool: 'sales',
    account: 'uae-1',
    at: n,
    data: { lane, n },
  } as const
  const rows = await webhooks.prepare([notice])
  await sql.transaction((tx) => webhooks.insert(tx, rows))
  process.stdout.write(`${n}\n`)
  webhooks.wake()
  await new Promise<void>((resolve) => setImmediate(resolve))
}
