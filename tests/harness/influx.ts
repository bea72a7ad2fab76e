// A real InfluxDB 1.x of the test's own on loopback: stopped, frozen and started again on demand, ended and removed at the end.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './server-process.ts'
import { until } from './until.ts'

/** Whether the machine has it; without it the tests that need it are skipped. */
export const hasInflux = spawnSync('influxd', ['version']).status === 0

export interface InfluxServer {
  url: string
  /** Runs a statement, as the administrator where there is one; rows of its only result as objects, with the tags of GROUP BY. */
  query(statement: string, database?: string): Promise<Record<string, unknown>[]>
  /** Writes lines as they are; answers status and error. */
  write(lines: string, database: string, policy?: string): Promise<string>
  stop(): Promise<void>
  /** Resolves when it answers; at once when it runs already. */
  start(): Promise<void>
  /** Connections stay open and nothing answers. */
  freeze(): void
  thaw(): void
  close(): Promise<void>
}

export interface InfluxSettings {
  /** Ask for a password; the administrator is `admin`, with the password `admin`. */
  auth?: boolean
  /** Rather this one than any. */
  port?: number
}

interface Series {
  columns: string[]
  values?: unknown[][]
  tags?: Record<string, string>
}

export async function startInflux({ auth = false, port }: InfluxSettings = {}): Promise<InfluxServer> {
  const directory = mkdtempSync(join(tmpdir(), 'influx-'))
  const address = `127.0.0.1:${port ?? (await freePort())}`
  const file = join(directory, 'influxdb.conf')
  writeFileSync(file, configuration(directory, address, `127.0.0.1:${await freePort()}`, auth))
  const url = `http://${address}`
  let child: ChildProcess | null = null
  const kill = (): void => void child?.kill('SIGKILL')
  process.once('exit', kill)

  const start = async (): Promise<void> => {
    if (child) return
    const own = spawn('influxd', ['-config', file], { stdio: 'ignore' })
    child = own
    const answers = async () => {
      if (own.exitCode !== null) throw new Error(`influxd ended with status ${own.exitCode}`)
      return (await fetch(`${url}/ping`).catch(() => null))?.ok
    }
    await until('influxd is ready', answers, 20_000)
  }
  const stop = async (): Promise<void> => {
    const own = child
    if (!own) return
    child = null
    own.kill('SIGCONT')
    own.kill('SIGTERM')
    const gone = () => own.exitCode !== null || own.signalCode !== null
    await until('influxd has ended', gone, 10_000).catch(async () => {
      own.kill('SIGKILL')
      await until('influxd was killed', gone, 5_000)
    })
  }
  const close = async (): Promise<void> => {
    await stop()
    process.off('exit', kill)
    rmSync(directory, { recursive: true, force: true })
  }
  const headers: Record<string, string> = auth
    ? { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` }
    : {}
  const query: InfluxServer['query'] = async (statement, database = '') => {
    const body = new URLSearchParams({ q: statement, db: database, epoch: 'ns' })
    const response = await fetch(`${url}/query`, { method: 'POST', body, headers })
    const answer = (await response.json()) as {
      error?: string
      results?: { error?: string; series?: Series[] }[]
    }
    const error = answer.error ?? answer.results?.[0]?.error
    if (error) throw new Error(`influxd: ${error}`)
    return (answer.results?.[0]?.series ?? []).flatMap(({ columns, values = [], tags }) =>
      values.map((row) => ({ ...Object.fromEntries(columns.map((name, i) => [name, row[i]])), ...tags })),
    )
  }
  const write: InfluxServer['write'] = async (lines, database, policy = '') => {
    const at = `${url}/write?${new URLSearchParams({ db: database, rp: policy })}`
    const response = await fetch(at, { method: 'POST', body: lines, headers })
    return `${response.status} ${await response.text()}`.trim()
  }
  try {
    await start()
    if (auth) await query("CREATE USER admin WITH PASSWORD 'admin' WITH ALL PRIVILEGES")
  } catch (error) {
    await close()
    throw error
  }
  const signal = (name: NodeJS.Signals) => void child?.kill(name)
  return {
    url,
    query,
    write,
    stop,
    start,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    close,
  }
}

function configuration(directory: string, http: string, backup: string, auth: boolean): string {
  return `
reporting-disabled = true
bind-address = "${backup}"
[meta]
dir = "${join(directory, 'meta')}"
logging-enabled = false
[data]
dir = "${join(directory, 'data')}"
wal-dir = "${join(directory, 'wal')}"
query-log-enabled = false
[http]
bind-address = "${http}"
auth-enabled = ${auth}
log-enabled = false
[monitor]
store-enabled = false
[continuous_queries]
log-enabled = false
`
}
