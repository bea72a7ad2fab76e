// What reading the admin API costs at 1,000 requests a second, beside a bare Hono route in the same process: a whole agent, without WhatsApp.

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { stringify } from 'yaml'
import { addToken, mintToken } from '../../agent/admin/tokens.ts'
import { startAgent } from '../../agent/agent.ts'
import { table } from '../../agent/cli/table.ts'
import { loadConfig } from '../../agent/config/load.ts'
import { buildContext } from '../../agent/context.ts'
import { listen } from '../../agent/http.ts'
import { until } from '../harness/until.ts'
import { ScriptedServer } from '../unit/session/scripted-socket.ts'
import { type ReadsResult, readAtRate } from './admin-load.ts'

const PER_SECOND = 1_000
const SECONDS = 3
/** By turns with the bare route; the one in the middle is told, because a neighbour of this machine can spoil any of them. */
const ROUNDS = 3

export async function benchAdmin(): Promise<string> {
  const parts: string[] = []
  for (const accounts of [10, 1_000]) parts.push(await benchFleet(accounts))
  return parts.join('\n')
}

async function benchFleet(accounts: number): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'linda-bench-'))
  const { token, entry } = await mintToken('bench', 'operator')
  addToken(join(directory, 'tokens.yaml'), entry)
  const file = join(directory, 'linda.yaml')
  writeFileSync(
    file,
    stringify({
      node: { id: 'bench', capacity: accounts },
      whatsapp: { connect_concurrency: 100 },
      store: { url: `sqlite:${join(directory, 'linda.db')}` },
      metrics: { listen: '127.0.0.1:0' },
      admin: {
        listen: '127.0.0.1:0',
        tokens_file: join(directory, 'tokens.yaml'),
        rate_limit: { per_second: 100_000, burst: 100_000 },
      },
      pools: [{ id: 'sales' }],
      accounts: Array.from({ length: accounts }, (_, i) => ({
        id: `a-${i}`,
        phone: `+97155${5_000_000 + i}`,
        pool: 'sales',
      })),
    }),
  )
  const env = { LINDA_MASTER_KEY: randomBytes(32).toString('hex') }
  const config = loadConfig({ path: file, env, cwd: directory })
  const server = new ScriptedServer()
  server.onOpen = (socket) => void setImmediate(() => socket.closed ?? socket.to.open())
  const context = await buildContext(config, { openSocket: server.open, logTo: { write: () => {} } })
  const agent = await startAgent(context, (error) => {
    throw error
  })
  try {
    const open = () => context.fleet.members().filter(({ session }) => session.state === 'open').length
    await until(
      () => `${open()} open`,
      () => open() === accounts,
      120_000,
    )
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ pool: 'sales', to: '+971501234567', text: 'hello' })
    const sent = await fetch(`${agent.adminUrl}/api/messages`, { method: 'POST', headers, body })
    const { id } = (await sent.json()) as { id: string }
    const paths = {
      connections: '/api/dashboard/connections',
      'connections, filtered to 10': '/api/dashboard/connections?filter=account:a-1*&limit=10',
      'health score': '/api/dashboard/health-score',
      'one message': `/api/messages/${id}`,
    }
    const rows: string[][] = []
    for (const [name, path] of Object.entries(paths))
      rows.push(...(await compared(name, agent.adminUrl + path, token)))
    const head = ['what', 'bytes', 'per second', 'p50 ms', 'p99 ms', 'p50 of bare', 'p99 of bare', 'refused']
    return `${accounts} accounts, ${PER_SECOND} requests a second for ${SECONDS} s, the middle of ${ROUNDS} rounds\n${table(head, rows, { right: head.slice(1) })}`
  } finally {
    await agent.stop('bench')
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The address, and a bare route that answers the same bytes. */
async function compared(name: string, url: string, token: string): Promise<string[][]> {
  const text = await (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).text()
  const app = new Hono().get('/', (c) => c.body(text, 200, { 'content-type': 'application/json' }))
  const bare = await listen(app, { host: '127.0.0.1', port: 0 }, 'bench')
  try {
    const of = { token, perSecond: PER_SECOND }
    for (const each of [url, bare.url]) await readAtRate({ ...of, url: each, perSecond: 200, seconds: 1 })
    const rounds: { plain: ReadsResult; full: ReadsResult }[] = []
    for (let i = 0; i < ROUNDS; i++)
      rounds.push({
        plain: await readAtRate({ ...of, url: bare.url, seconds: SECONDS }),
        full: await readAtRate({ ...of, url, seconds: SECONDS }),
      })
    const plain = middle(rounds.map((round) => round.plain))
    return [cells(`${name}, bare`, plain), cells(name, middle(rounds.map((round) => round.full)), plain)]
  } finally {
    await bare.close(0)
  }
}

/** By the slowest of a hundred. */
function middle(results: readonly ReadsResult[]): ReadsResult {
  const sorted = results.toSorted((a, b) => at(a, 0.99) - at(b, 0.99))
  return sorted[Math.floor(sorted.length / 2)] as ReadsResult
}

function cells(name: string, result: ReadsResult, bare?: ReadsResult): string[] {
  const [p50, p99] = [at(result, 0.5), at(result, 0.99)]
  const ratio = (mine: number, q: number): string => (bare ? (mine / at(bare, q)).toFixed(1) : '-')
  const rate = result.tookMs.length / result.seconds
  const times = [p50.toFixed(2), p99.toFixed(2), ratio(p50, 0.5), ratio(p99, 0.99)]
  return [name, String(result.bytes), rate.toFixed(0), ...times, String(result.refused)]
}

function at({ tookMs }: ReadsResult, q: number): number {
  const sorted = tookMs.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0
}
