// A real PostgreSQL of the test's own on loopback: started as an ordinary user, stopped and frozen on demand, ended and removed at the end.

import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { PostgresProcess } from './postgres-process.ts'
import { ordinaryUser, quickFolder, serverPrograms, type User } from './postgres-system.ts'
import { freePort } from './server-process.ts'

const programs = serverPrograms()

/** Whether the machine has it; without it the tests that need it are skipped. */
export const hasPostgres = programs !== null

export interface PostgresServer {
  port: number
  /** A fresh database that its role owns; answers its URL. The role is no superuser and logs in with a password. */
  createDatabase(options?: { encoding?: 'UTF8' | 'LATIN1' }): Promise<string>
  /**
   * A fresh schema of one database: as good as an own database where channels and locks are not shared with a test that runs at the
   * same time, and made in 10 ms instead of 40 to 300.
   */
  createSchema(): Promise<string>
  /** Runs statements as superuser in the database `postgres`. */
  admin(...statements: string[]): Promise<void>
  /** The same in the database of a URL that `createDatabase` answered. */
  adminIn(url: string, ...statements: string[]): Promise<void>
  /** Ends the server: `fast` tells its clients, `immediate` is a crash. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  start(): Promise<void>
  /** Stops every process of the server in its tracks; connections stay open and nothing answers. */
  freeze(): void
  thaw(): void
  close(): Promise<void>
}

/** Into this database the server lets nobody without TLS, which it does not offer. */
export const TLS_ONLY = 'tls_only'

const hba = `local all all scram-sha-256
host ${TLS_ONLY} all 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
`

const quick = {
  listen_addresses: '127.0.0.1',
  max_connections: '60',
  shared_buffers: '32MB',
  // A test never survives a power cut. A crash of the server it does, so a commit still waits for its record to be written.
  fsync: 'off',
  full_page_writes: 'off',
  // How long a lock is waited for before anybody looks for a deadlock; a second otherwise.
  deadlock_timeout: '50ms',
}

/** @param settings of postgresql.conf, over those that make it quick */
export async function startPostgres(settings: Record<string, string> = {}): Promise<PostgresServer> {
  if (!programs) throw new Error('no PostgreSQL server on this machine; see hasPostgres')
  const directory = mkdtempSync(join(settings.fsync === 'on' ? tmpdir() : quickFolder(), 'linda-pg-'))
  const data = join(directory, 'data')
  const password = randomBytes(12).toString('hex')
  const user = ordinaryUser()
  try {
    initialise(programs, directory, password, user)
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    throw error
  }

  const port = await freePort()
  const config = { ...quick, port: String(port), unix_socket_directories: directory, ...settings }
  const args = ['-D', data, ...Object.entries(config).flatMap(([key, value]) => ['-c', `${key}=${value}`])]
  const ask = (database: string, ...statements: string[]) =>
    asSuperuser({ port, password, database }, statements)
  const answers = async () =>
    ask('postgres', 'SELECT 1').then(
      () => true,
      () => false,
    )
  const server = new PostgresProcess(join(programs, 'postgres'), args, { ...user, cwd: directory }, answers)
  const close = async (): Promise<void> => {
    await server.close()
    rmSync(directory, { recursive: true, force: true })
  }

  let made = 0
  const createDatabase: PostgresServer['createDatabase'] = async ({ encoding = 'UTF8' } = {}) => {
    const name = `t${++made}`
    await ask('postgres', `CREATE DATABASE ${name} OWNER linda TEMPLATE template0 ENCODING '${encoding}'`)
    return `postgres://linda:${password}@127.0.0.1:${port}/${name}`
  }
  let shared: Promise<string> | null = null
  const createSchema = async (): Promise<string> => {
    shared ??= createDatabase()
    const url = await shared
    const name = `s${++made}`
    await ask(new URL(url).pathname.slice(1), `CREATE SCHEMA ${name} AUTHORIZATION linda`)
    return `${url}?options=-csearch_path%3D${name}`
  }

  try {
    await server.start()
    await ask('postgres', `CREATE ROLE linda LOGIN PASSWORD '${password}'`)
  } catch (error) {
    await close()
    throw error
  }
  return {
    port,
    createDatabase,
    createSchema,
    admin: (...statements) => ask('postgres', ...statements),
    adminIn: (url, ...statements) => ask(new URL(url).pathname.slice(1), ...statements),
    start: () => server.start(),
    stop: (mode = 'fast') => server.stop(mode),
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
    close,
  }
}

function initialise(programs: string, directory: string, password: string, user: User | null): void {
  const data = join(directory, 'data')
  const secret = join(directory, 'password')
  mkdirSync(data, { mode: 0o700 })
  writeFileSync(secret, password)
  if (user) for (const path of [directory, data, secret]) chownSync(path, user.uid, user.gid)
  const args = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions']
  const { status, stderr, error } = spawnSync(
    join(programs, 'initdb'),
    [...args, '--auth=scram-sha-256', `--pwfile=${secret}`],
    { ...user, cwd: directory, timeout: 60_000, encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`initdb: ${stderr || error?.message}`)
  writeFileSync(join(data, 'pg_hba.conf'), hba)
}

async function asSuperuser(
  where: { port: number; password: string; database: string },
  statements: readonly string[],
): Promise<void> {
  const client = new pg.Client({
    ...where,
    host: '127.0.0.1',
    user: 'postgres',
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
