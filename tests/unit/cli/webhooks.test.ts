// `linda webhooks` shows what a running agent says of them, and drives dead letters again when it is told which.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { redriveWebhook, showDead, showWebhooks } from '../../../agent/cli/webhooks.ts'
import { Secret } from '../../../agent/config/secret.ts'
import { listen } from '../../../agent/http.ts'
import { adminStage, tokens } from '../admin/stage.ts'
import { temporaryFolder } from '../store/folder.ts'
import { terminal } from './io.ts'

async function setUp() {
  const stage = await adminStage(1, [
    {
      id: 'crm',
      url: 'https://crm.example/hook',
      secrets: [new Secret('0123456789abcdef')],
      events: [],
      pools: [],
      timeoutMs: 1_000,
      concurrency: 1,
      limit: 100,
    },
  ])
  const { webhooks, sql, app } = stage
  const rows = await webhooks.prepare(
    [1, 2].map((at) => ({
      type: 'message.state',
      lane: 'c1',
      pool: 'sales',
      account: 'uae-1',
      at,
      data: {},
    })),
  )
  await sql.transaction((tx) => webhooks.insert(tx, rows))
  await sql.query(
    "UPDATE webhook_delivery SET state = 'dead', open = 0, ended_at = 1000, attempts = 20, error = 'gone'",
  )
  await webhooks.count()
  const tokenFile = join(temporaryFolder(), 'token')
  writeFileSync(tokenFile, `${tokens.operator}\n`)
  const listener = await listen(app, { host: '127.0.0.1', port: 0 }, 'test')
  onTestFinished(() => listener.close(0))
  const run = async (command: (io: ReturnType<typeof terminal>['io']) => Promise<number>) => {
    const { io, said } = terminal({ LINDA_URL: listener.url, LINDA_TOKEN_FILE: tokenFile })
    return { status: await command(io), ...said }
  }
  return { ...stage, run, ids: rows.map(({ id }) => id) }
}

const cells = (text: string) => text.split('\n').map((line) => line.trim().split(/ {2,}/))

it('lists webhooks as a table, or as the API has them', async () => {
  const { run, ask } = await setUp()
  const { status, out } = await run((io) => showWebhooks({ json: false }, io))
  expect(status).toBe(0)
  expect(cells(out)).toEqual([
    ['WEBHOOK', 'ORIGIN', 'QUEUED', 'CLAIMED', 'DEAD', 'OLDEST'],
    ['crm', 'https://crm.example', '0', '0', '2', '-'],
    [''],
  ])
  const { out: json } = await run((io) => showWebhooks({ json: true }, io))
  expect(JSON.parse(json)).toEqual(await (await ask('/api/webhooks')).json())
})

it('lists dead letters', async () => {
  const { run, ids } = await setUp()
  const { status, out } = await run((io) => showDead('crm', { json: false, limit: '1' }, io))
  expect(status).toBe(0)
  expect(cells(out)).toEqual([
    ['DELIVERY', 'TYPE', 'LANE', 'ATTEMPTS', 'CREATED', 'WHY'],
    [ids[1], 'message.state', 'c1', '20', expect.stringMatching(/^\d{4}-/), 'gone'],
    [''],
  ])
  const refused = await run((io) => showDead('crm', { json: false, limit: 'many' }, io))
  expect(refused).toMatchObject({ status: 2, out: '', err: expect.stringContaining('limit') })
})

it('drives named ones or all again, and says how many it were', async () => {
  const { run, ids } = await setUp()
  const some = { all: false, json: false }
  const named = await run((io) => redriveWebhook('crm', [ids[0] ?? '', crypto.randomUUID()], some, io))
  expect(named).toMatchObject({
    status: 0,
    out: 'crm: 1 tried again; the others are not dead or do not exist\n',
  })
  const all = await run((io) => redriveWebhook('crm', [], { all: true, json: false }, io))
  expect(all).toMatchObject({ status: 0, out: 'crm: 1 tried again\n' })
  const json = await run((io) => redriveWebhook('crm', [], { all: true, json: true }, io))
  expect(JSON.parse(json.out)).toEqual({ webhook: 'crm', redriven: 0, left: 0, hurried: 0 })
})

it('says what is left for want of room, which lanes go now, and what a removed webhook left', async () => {
  const { run, sql, webhooks } = await setUp()
  // One waits in a pause, and the limit has no room for the other.
  await sql.query(
    "UPDATE webhook_delivery SET state = 'queued', open = 1 WHERE id = (SELECT MIN(id) FROM webhook_delivery)",
  )
  await sql.query('UPDATE webhook_lane SET next_at = $1', [Date.now() + 3_600_000])
  await sql.query(
    `INSERT INTO webhook_delivery (id, webhook, lane, seq, type, state, open, attempts, created_at, expires_at, pool, payload)
     SELECT id || n, 'crm', 'c2', n, type, 'queued', 1, 0, created_at, expires_at, pool, payload FROM webhook_delivery,
       (WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 99) SELECT n FROM up) t WHERE state = 'queued'`,
  )
  const { out } = await run((io) => redriveWebhook('crm', [], { all: true, json: false }, io))
  expect(out).toBe(
    'crm: 0 tried again; 1 lanes that waited after a failure are tried now; 1 are still dead, because no more may wait; drive them again later\n',
  )
  await sql.query("UPDATE webhook_delivery SET webhook = 'old' WHERE state = 'dead'")
  await webhooks.count()
  const listed = await run((io) => showWebhooks({ json: false }, io))
  expect(cells(listed.out)[2]).toEqual(['old', 'not configured', '0', '0', '1', '-'])
})

it.each([
  [[], false, 'found nothing to drive again, allowed: deliveries or --all\n'],
  [['id'], true, 'found --all and deliveries, allowed: deliveries or --all\n'],
])('%j with all %j: status 2', async (deliveries, all, err) => {
  const { io, said } = terminal()
  expect(await redriveWebhook('crm', deliveries, { all, json: false }, io)).toBe(2)
  expect(said).toEqual({ out: '', err })
})

it('a webhook that is not there: status 2 with the words of the agent', async () => {
  const { run } = await setUp()
  const { status, err } = await run((io) => redriveWebhook('erp', [], { all: true, json: false }, io))
  expect(status).toBe(2)
  expect(err).toContain('no webhook is called "erp"; there are crm')
})
