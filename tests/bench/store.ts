// Key writes through Linda's store (encrypted, fenced, by port) beside the bare driver writing the same bytes, equally durable, in one run.

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { Bus } from '../../agent/events.ts'
import { takeOwnership } from '../../agent/fleet/ownership.ts'
import { loadAuth } from '../../agent/session/auth-state.ts'
import { envelopeCipher } from '../../agent/store/cipher.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { openStore } from '../../agent/store/open.ts'
import { hasPostgres, startPostgres } from '../harness/postgres.ts'
import { type Figures, measure } from './figures.ts'

const TIMES = 1_000
/** A session record of the Signal library is about this large as JSON. */
const BYTES = 1_800

type Row = Figures & { base?: string }

/** Writes and reads one key at a time through Linda. */
async function throughLinda(driver: string, url: string): Promise<Row[]> {
  const sql = await openStore(url, new Bus('bench'))
  await migrate(sql)
  const cipher = envelopeCipher(sql, randomBytes(32))
  const epoch = await takeOwnership(sql, 'bench', 'n')
  const auth = await loadAuth({ sql, cipher, bus: new Bus('bench'), account: 'bench', epoch })
  const value = randomBytes(BYTES)
  const write = async (n: number) => auth.keys.set({ session: { [`k${n % 500}`]: value } })
  const read = async (n: number) => void (await auth.keys.get('session', [`k${n % 500}`]))
  const rows = [
    { ...(await measure(`${driver}: key write`, TIMES, 1, write)), base: `${driver}: bare write` },
    { ...(await measure(`${driver}: key write, 8 abreast`, TIMES, 8, write)), base: `${driver}: bare write` },
    { ...(await measure(`${driver}: key read`, TIMES, 1, read)) },
  ]
  await sql.close()
  return rows
}

async function bareSqlite(file: string): Promise<Row> {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (k TEXT PRIMARY KEY, v BLOB)')
  const statement = db.prepare('INSERT INTO t VALUES ($1, $2) ON CONFLICT (k) DO UPDATE SET v = excluded.v')
  const value = randomBytes(BYTES)
  const row = await measure('sqlite: bare write', TIMES, 1, async (n) => {
    db.exec('BEGIN IMMEDIATE')
    statement.run({ 1: `k${n % 500}`, 2: value })
    db.exec('COMMIT')
  })
  db.close()
  return row
}

async function barePostgres(url: string): Promise<Row> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('CREATE TABLE t (k TEXT PRIMARY KEY, v BYTEA)')
  const value = randomBytes(BYTES)
  const text = 'INSERT INTO t VALUES ($1, $2) ON CONFLICT (k) DO UPDATE SET v = excluded.v'
  const row = await measure('postgres: bare write', TIMES, 1, async (n) => {
    await client.query('BEGIN')
    await client.query({ name: 'put', text, values: [`k${n % 500}`, value] })
    await client.query('COMMIT')
  })
  await client.end()
  return row
}

export async function benchStore(): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'linda-bench-'))
  const rows = [await bareSqlite(join(directory, 'bare.db'))]
  rows.push(...(await throughLinda('sqlite', `sqlite:${join(directory, 'linda.db')}`)))
  rmSync(directory, { recursive: true, force: true })
  if (!hasPostgres) return rows
  // Durable, as in production: the harness otherwise turns this off.
  const server = await startPostgres({ fsync: 'on', synchronous_commit: 'on' })
  rows.push(await barePostgres(await server.createDatabase()))
  rows.push(...(await throughLinda('postgres', await server.createDatabase())))
  await server.close()
  return rows
}
