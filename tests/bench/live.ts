// How long a change takes from its event to every reader of the live stream: a whole agent with 1,000 accounts and 200 readers, without WhatsApp.

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { tellingOf } from '../../agent/admin/live/table.ts'
import { addToken, mintToken } from '../../agent/admin/tokens.ts'
import { startAgent } from '../../agent/agent.ts'
import { table } from '../../agent/cli/table.ts'
import { loadConfig } from '../../agent/config/load.ts'
import { buildContext } from '../../agent/context.ts'
import { until } from '../harness/until.ts'
import { ScriptedServer } from '../unit/session/scripted-socket.ts'
import { openReaders } from './live-clients.ts'

const ACCOUNTS = 1_000
const READERS = 200
/** Connections that break in each second, each of which is several frames. */
const RATE = 20
const SECONDS = 10

export async function benchLive(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'linda-bench-'))
  const { token, entry } = await mintToken('bench', 'viewer')
  addToken(join(directory, 'tokens.yaml'), entry)
  const file = join(directory, 'linda.yaml')
  writeFileSync(
    file,
    stringify({
      node: { id: 'bench', capacity: ACCOUNTS },
      whatsapp: { connect_concurrency: 100, reconnect: { base: '200ms', cap: '1s' } },
      store: { url: `sqlite:${join(directory, 'linda.db')}` },
      metrics: { listen: '127.0.0.1:0' },
      admin: { listen: '127.0.0.1:0', tokens_file: join(directory, 'tokens.yaml') },
      pools: [{ id: 'sales' }],
      accounts: Array.from({ length: ACCOUNTS }, (_, i) => ({
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
  const logTo = { write: () => {} }
  const context = await buildContext(config, { openSocket: server.open, logTo })
  const agent = await startAgent(context, (error) => {
    throw error
  })
  try {
    const open = () => context.fleet.members().filter(({ session }) => session.state === 'open').length
    await until(
      () => `${open()} open`,
      () => open() === ACCOUNTS,
      120_000,
    )
    const url = `${agent.adminUrl.replace('http', 'ws')}/ws/dashboard/status`
    const spoken: bigint[] = []
    const written: number[] = []
    context.bus.on('live.written', ({ ms }) => written.push(ms))
    let base = 0
    context.bus.onAny((event) => {
      if (tellingOf(event)) spoken.push(process.hrtime.bigint())
    })
    const readers = openReaders(url, token, READERS)
    await readers.ready
    await sleep(1_000)
    // The first frame whose number is known; what came before it is warming up.
    spoken.length = 0
    base = await newest(agent.adminUrl, token)
    spoken.length = 0
    const run = async (drop: () => Promise<void>): Promise<string[]> => {
      const from = spoken.length
      written.length = 0
      const startedAt = performance.now()
      await drop()
      await until(
        () => `${open()} open`,
        () => open() === ACCOUNTS,
        60_000,
      )
      await sleep(500)
      const to = spoken.length
      const seconds = (performance.now() - startedAt) / 1_000
      const arrived = await readers.arrived(base + to)
      const took: number[] = []
      for (let n = from; n < to; n++) {
        const times = arrived.get(base + n + 1) ?? []
        if (times.length !== READERS) throw new Error(`frame ${n} came to ${times.length} of ${READERS}`)
        for (const at of times) took.push(Number(at - (spoken[n] as bigint)) / 1e6)
      }
      took.sort((a, b) => a - b)
      const at = (q: number) => (took[Math.min(took.length - 1, Math.floor(q * took.length))] ?? 0).toFixed(1)
      const last = Math.max(...written).toFixed(1)
      return [String(to - from), ((to - from) / seconds).toFixed(0), at(0.5), at(0.99), at(1), last]
    }
    const alive = (n: number) => server.alive[n % server.alive.length]
    const steady = await run(async () => {
      for (let n = 0; n < RATE * SECONDS; n++) {
        alive(n * 7)?.drop('connection-closed', 428)
        await sleep(1_000 / RATE)
      }
    })
    const burst = await run(async () => {
      for (const socket of [...server.alive]) socket.drop('connection-lost', 408)
    })
    await readers.close()
    const head = ['what', 'frames', 'frames/s', 'p50 ms', 'p99 ms', 'longest ms', 'written within ms']
    return `${ACCOUNTS} accounts, ${READERS} readers\n${table(
      head,
      [
        [`${RATE} connections a second break and come back`, ...steady],
        ['all connections break in one moment', ...burst],
      ],
      { right: head.slice(1) },
    )}`
  } finally {
    await agent.stop('bench')
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The number of the newest frame. */
async function newest(url: string, token: string): Promise<number> {
  const leaving = new AbortController()
  const answer = await fetch(`${url}/api/dashboard/stream?account=a-0`, {
    headers: { authorization: `Bearer ${token}` },
    signal: leaving.signal,
  })
  const first = await answer.body?.getReader().read()
  leaving.abort()
  return Number(/"seq":(\d+)/.exec(new TextDecoder().decode(first?.value))?.[1])
}
