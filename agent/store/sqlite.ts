// The SQLite driver: durable before it answers (WAL, synchronous=FULL), one process per file, transactions one after another.

import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import PQueue from 'p-queue'
import type { Bus } from '../events.ts'
import { type Queryable, type Row, type Sql, StoreError, type Value } from './sql.ts'

/** Opens or creates the file (`:memory:` for a store that lives as long as the process). Throws StoreError. */
export function openSqlite(file: string, bus: Bus): Sql {
  const inMemory = file === ':memory:'
  if (!inMemory) {
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    } catch (error) {
      throw new StoreError(`cannot create the folder of ${file}: ${(error as Error).message}`, {
        cause: error,
      })
    }
  }
  try {
    // Created for its owner only, before there is anything in it; its journal takes the same rights.
    if (!inMemory) closeSync(openSync(file, 'a', 0o600))
    return new Sqlite(file, bus)
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY)
      throw new StoreError(
        `${file} is in use by another process; stop that agent, or give this one another store.url`,
        { cause: error },
      )
    throw new StoreError(`cannot open ${file}: ${(error as Error).message}`, { cause: error })
  }
}

const SQLITE_BUSY = 5

class Sqlite implements Sql {
  readonly driver = 'sqlite'
  #db: DatabaseSync
  #bus: Bus
  #statements = new Map<string, StatementSync>()
  // One connection: a statement from outside must not slip into somebody's open transaction.
  #turns = new PQueue({ concurrency: 1 })

  constructor(file: string, bus: Bus) {
    this.#db = new DatabaseSync(file)
    this.#bus = bus
    try {
      // Exclusive locking keeps every other process out, containers that share the volume included, and the system gives
      // the lock back when this process dies, however it dies.
      this.#db.exec(`PRAGMA busy_timeout=1000; PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL;
                     PRAGMA synchronous=FULL; BEGIN EXCLUSIVE; COMMIT`)
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  query<T extends Row>(sql: string, params: readonly Value[] = []): Promise<T[]> {
    return this.#turns.add(async () => this.#run<T>(sql, params)) as Promise<T[]>
  }

  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.#turns.add(async () => {
      this.#run('BEGIN IMMEDIATE', [])
      try {
        const result = await work({ query: async (sql, params = []) => this.#run(sql, params) })
        this.#run('COMMIT', [])
        return result
      } catch (error) {
        if (this.#db.isTransaction) this.#run('ROLLBACK', [])
        throw error
      }
    }) as Promise<T>
  }

  async close(): Promise<void> {
    await this.#turns.onIdle()
    if (this.#db.isOpen) this.#db.close()
  }

  #run<T extends Row>(sql: string, params: readonly Value[]): T[] {
    const operation = /^\s*(\w+)/.exec(sql)?.[1]?.toLowerCase() ?? 'other'
    const startedAt = performance.now()
    try {
      let statement = this.#statements.get(sql)
      if (!statement) {
        statement = this.#db.prepare(sql)
        this.#statements.set(sql, statement)
      }
      const named = Object.fromEntries(params.map((value, i) => [String(i + 1), value]))
      const rows = statement.all(named) as T[]
      this.#bus.emit('store.queried', { driver: 'sqlite', operation, ms: performance.now() - startedAt })
      return rows
    } catch (error) {
      const detail = (error as Error).message
      this.#bus.emit('store.failed', { driver: 'sqlite', operation, detail })
      throw new StoreError(`the store could not ${operation}: ${detail}`, { cause: error })
    }
  }
}
