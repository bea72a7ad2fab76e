// A real PostgreSQL of the test's own on loopback: started as an ordinary user, stopped and frozen on demand, ended and removed at the end.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { childrenOf, ordinaryUser, serverPrograms } from './postgres-system.ts'
import { freePort } from './prometheus.ts'
import { until } from './until.ts'

const programs = serverPrograms()

/** Whether the machine has it; without it the tests that need it are skipped. */
export const hasPostgres = programs !== null

export interface PostgresServer {
  port: number
  /** Directory of the socket; also of everything else. */
  directory: string
  /** A fresh database that its role owns; answers its URL. The role is no superuser and logs in with a password. */
  createDatabase(options?: { encoding?: 'UTF8' | 'LATIN1' }): Promise<string>
  /** Runs statements as superuser in the database `postgres`. */
  admin(...statements: string[]): Promise<void>
  /** Ends the server: `fast` tells its clients, `immediate` is a crash. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  start(): Promise<void>
  /** Stops every process of the server in its tracks; connections stay open and nothing answers. */
  freeze(): void
  thaw(): void
  close(): Promise<void>
}

/** `hostssl`: this database is let in over TLS only, and the server offers none. */
export const TLS_ONLY = 'tls_only'

const hba = `local all all scram-sha-256
host ${TLS_ONLY} all 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
`

export async function startPostgres(settings: Record<string, string> = {}): Promise<PostgresServer> {
  if (!programs) throw new Error('no PostgreSQL server on this machine; see hasPostgres')
  const directory = mkdtempSync(join(tmpdir(), 'pg-'))
  const data = join(directory, 'data')
  const password = randomBytes(12).toString('hex')
  const user = ordinaryUser()
  mkdirSync(data, { mode: 0o700 })
  writeFileSync(join(directory, 'password'), password)
  if (user) for (const path of [directory, data, join(directory, 'password')]) chownSync(path, user.uid, user.gid)

  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'].concat(
      '--auth=scram-sha-256',
      `--pwfile=${join(directory, 'password')}`,
    ),
    { ...user, cwd: directory, timeout: 60_000, encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr || made.error?.message}`)
  writeFileSync(join(data, 'pg_hba.conf'), hba)

  const port = await freePort()
  const config: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: directory,
    max_connections: '60',
    shared_buffers: '32MB',
    // A test never survives a power cut.
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    ...settings,
  }
  const args = ['-D', data, ...Object.entries(config).flatMap(([key, value]) => ['-c', `${key}=${value}`])]
  let child: ChildProcess | null = null
  let printed = ''
  let frozen: number[] = []
  let databases = 0

  const ask = async (database: string, ...statements: string[]): Promise<void> => {
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      database,
      user: 'postgres',
      password,
      connectionTimeoutMillis: 2_000,
      query_timeout: 10_000,
    })
    client.on('error', () => {})
    try {
      await client.connect()
      for (const statement of statements) await client.query(statement)
    } finally {
      await client.end()
    }
  }

  const start = async (): Promise<void> => {
    if (child) return
    const started = spawn(join(programs, 'postgres'), args, {
      ...user,
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child = started
    started.stderr.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-20_000)
    })
    started.once('exit', () => {
      if (child === started) child = null
    })
    const ready = async () => {
      if (!child) throw new Error(`PostgreSQL ended: ${printed}`)
      return ask('postgres', 'SELECT 1').then(
        () => true,
        () => false,
      )
    }
    await until(() => `PostgreSQL is ready; it printed: ${printed}`, ready, 20_000)
  }

  const thaw = (): void => {
    for (const pid of frozen.splice(0).reverse()) signal(pid, 'SIGCONT')
  }

  const stop = async (mode: 'fast' | 'immediate' = 'fast'): Promise<void> => {
    thaw()
    const ending = child
    if (!ending) return
    ending.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    const gone = () => ending.exitCode !== null || ending.signalCode !== null
    try {
      await until('PostgreSQL has ended', gone, 10_000)
    } catch {
      ending.kill('SIGKILL')
      await until('PostgreSQL was killed', gone, 5_000)
    }
    child = null
  }

  const atExit = (): void => {
    thaw()
    child?.kill('SIGQUIT')
  }
  process.once('exit', atExit)
  const close = async (): Promise<void> => {
    await stop('immediate')
    process.off('exit', atExit)
    rmSync(directory, { recursive: true, force: true })
  }

  try {
    await start()
    await ask('postgres', `CREATE ROLE linda LOGIN PASSWORD '${password}'`)
  } catch (error) {
    await close()
    throw error
  }
  return {
    port,
    directory,
    start,
    stop,
    thaw,
    close,
    admin: (...statements) => ask('postgres', ...statements),
    freeze: () => {
      if (!child?.pid) throw new Error('PostgreSQL does not run')
      frozen = [child.pid, ...childrenOf(child.pid)]
      for (const pid of frozen) signal(pid, 'SIGSTOP')
    },
    createDatabase: async ({ encoding = 'UTF8' } = {}) => {
      const name = `t${++databases}`
      await ask('postgres', `CREATE DATABASE ${name} OWNER linda TEMPLATE template0 ENCODING '${encoding}'`)
      return `postgres://linda:${password}@127.0.0.1:${port}/${name}`
    },
  }
}

/** The process may have ended meanwhile. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {}
}
