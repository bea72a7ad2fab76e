// One suite, two databases: each test gets a store of its own, empty, on SQLite and on a real PostgreSQL.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest'
import { Bus } from '../../agent/events.ts'
import { openStore } from '../../agent/store/open.ts'
import type { Sql } from '../../agent/store/sql.ts'
import { hasPostgres, type PostgresServer, startPostgres } from '../harness/postgres.ts'
import { Recorder } from '../harness/recorder.ts'

export interface Opened {
  sql: Sql
  bus: Bus
  events: Recorder
}

export interface Driver {
  name: 'sqlite' | 'postgres'
  /** URL of a store that is still empty. */
  url(): Promise<string>
  /** Opens a store, a new one where no URL is given; the test closes it at its end. */
  open(url?: string): Promise<Opened>
}

/** Registers the suite once for each driver. */
export function onBothDrivers(suite: (driver: Driver) => void): void {
  describe('sqlite', () => {
    let folder: string
    let files = 0
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'linda-contract-'))
    })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))
    suite(driver('sqlite', async () => `sqlite:${join(folder, `${++files}.db`)}`))
  })
  describe.skipIf(!hasPostgres)('postgres', () => {
    let server: PostgresServer
    beforeAll(async () => {
      server = await startPostgres()
    })
    afterAll(() => server.close())
    suite(driver('postgres', () => server.createSchema()))
  })
}

function driver(name: Driver['name'], url: () => Promise<string>): Driver {
  const open = async (at?: string): Promise<Opened> => {
    const bus = new Bus('node-1')
    const events = new Recorder(bus)
    const sql = await openStore(at ?? (await url()), bus)
    onTestFinished(() => sql.close())
    return { sql, bus, events }
  }
  return { name, url, open }
}

/** A table to play with: `id` and a number, a text and bytes. */
export async function withTable(driver: Driver): Promise<Opened> {
  const opened = await driver.open()
  await opened.sql.query(
    'CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT, body TEXT, bytes BYTEA, x DOUBLE PRECISION)',
  )
  return opened
}

export const put = 'INSERT INTO t (id, n) VALUES ($1, $2)'
