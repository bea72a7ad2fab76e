// The SQLite driver: durable before it answers (WAL, synchronous=FULL), one process per file, transactions one after another.

import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { LRUCache } from 'lru-cache'
import type { Bus } from '../events.ts'
import { Channels } from './channels.ts'
import { within } from './deadline.ts'
import { type Connection, GroupCommit } from './group-commit.ts'
import type { Value } from './sql.ts'
import { type Heard, type Queryable, type Row, type Sql, StoreError, type TransactionOptions } from './sql.ts'
import { prepareFile, takeFile } from './sqlite-file.ts'
import { checkNotification, checkStatement, inDialect, operationOf } from './statement.ts'
import { Inside, OpenTransaction } from './transaction.ts'

/** While a transaction runs nobody else gets a turn. */
const TRANSACTION_MS = 30_000

/** Opens or creates the file (`:memory:` for a store that lives as long as the process). Throws StoreError. */
export function openSqlite(file: string, bus: Bus, now: () => number = () => performance.now()): Sql {
  if (file !== ':memory:') prepareFile(file)
  return new Sqlite(takeFile(file), bus, now)
}

class Sqlite implements Sql {
  readonly driver = 'sqlite'
  #db: DatabaseSync
  #bus: Bus
  /** Most of the program's statements are constants; a list of a caller's length makes another one for each length. */
  #statements = new LRUCache<string, StatementSync>({ max: 500 })
  // One connection: a statement from outside must not slip into somebody's open transaction.
  #turns: GroupCommit
  #inside = new Inside()
  #channels: Channels
  #closing: Promise<void> | null = null

  constructor(db: DatabaseSync, bus: Bus, now: () => number) {
    this.#db = db
    this.#bus = bus
    const connection: Connection = {
      get inTransaction() {
        return db.isTransaction
      },
      execute: (control) => this.#execute(control),
    }
    this.#turns = new GroupCommit(connection, now)
    this.#channels = new Channels((error) => this.#failed('listen', error))
    bus.emit('store.reachable', { driver: 'sqlite', downMs: null })
  }

  async query<T extends Row>(sql: string, params: readonly Value[] = []): Promise<T[]> {
    this.#guard('query')
    return this.#turns.statement(() => this.#run(sql, params) as T[])
  }

  async notify(channel: string, payload: string): Promise<void> {
    this.#guard('notify')
    checkNotification(channel, payload)
    await this.#turns.statement(() => this.#tell([[channel, payload]]))
  }

  async transaction<T>(
    work: (tx: Queryable) => Promise<T>,
    { withinMs = TRANSACTION_MS, lock }: TransactionOptions = {},
  ): Promise<T> {
    this.#guard('transaction')
    const told: [channel: string, payload: string][] = []
    const long = lock !== undefined || withinMs > TRANSACTION_MS
    const result = await this.#turns.transaction(() => this.#transact(work, withinMs, told), long)
    this.#tell(told)
    return result
  }

  async listen(channel: string, heard: Heard): Promise<() => Promise<void>> {
    this.#guard('listen')
    checkNotification(channel)
    const remove = this.#channels.add(channel, heard)
    return async () => remove()
  }

  async close(): Promise<void> {
    this.#inside.refuse('close')
    this.#closing ??= this.#turns.last(() => {
      this.#channels.clear()
      if (this.#db.isOpen) this.#db.close()
    })
    return this.#closing
  }

  async #transact<T>(
    work: (tx: Queryable) => Promise<T>,
    withinMs: number,
    told: [channel: string, payload: string][],
  ): Promise<T> {
    const tx = new OpenTransaction(
      async (sql, params) => this.#run(sql, params),
      async (channel, payload) => {
        checkNotification(channel, payload)
        // As PostgreSQL does it: equal ones of a transaction are one.
        if (!told.some(([name, text]) => name === channel && text === payload)) told.push([channel, payload])
      },
    )
    try {
      const late = `the transaction took longer than ${withinMs} ms and was rolled back`
      return await within(
        withinMs,
        this.#inside.run(() => tx.run(work)),
        () => this.#failed('transaction', new StoreError(late)),
      )
    } finally {
      // What comes late must not slip into the next one's turn.
      tx.end()
    }
  }

  /** Listeners are no part of the transaction: they run after whoever awaits it has been answered. */
  #tell(told: readonly (readonly [channel: string, payload: string])[]): void {
    if (told.length > 0)
      queueMicrotask(() => {
        for (const [channel, payload] of told) this.#channels.tell(channel, payload)
      })
  }

  #guard(what: string): void {
    if (this.#closing)
      throw this.#failed(what, new StoreError(`the store is closed; the ${what} came too late`))
    this.#inside.refuse(what)
  }

  #run(sql: string, params: readonly Value[]): Row[] {
    return this.#measured(operationOf(sql), () => {
      checkStatement(sql, params)
      const named = Object.fromEntries(params.map((value, i) => [String(i + 1), whole(value)]))
      return this.#prepare(sql).all(named) as Row[]
    })
  }

  #execute(sql: string): void {
    this.#measured(sql.split(' ', 1)[0]?.toLowerCase() ?? sql, () => this.#prepare(sql).all())
  }

  #prepare(written: string): StatementSync {
    const sql = inDialect(written, 'sqlite')
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      // What stands behind the first statement would silently not be run.
      if (sql.slice(statement.sourceSQL.length).trim() !== '')
        throw new StoreError('one statement at a time: there is another one behind the first')
      this.#statements.set(sql, statement)
    }
    return statement
  }

  #measured<T>(operation: string, ask: () => T): T {
    const startedAt = performance.now()
    try {
      const answer = ask()
      this.#bus.emit('store.queried', { driver: 'sqlite', operation, ms: performance.now() - startedAt })
      return answer
    } catch (error) {
      throw this.#failed(operation, error)
    }
  }

  #failed(operation: string, error: unknown): StoreError {
    const detail = (error as Error).message
    this.#bus.emit('store.failed', { driver: 'sqlite', operation, detail })
    if (error instanceof StoreError) return error
    return new StoreError(`the store could not ${operation}: ${detail}`, { cause: error })
  }
}

/** The library binds numbers as floating point, with which 5 / 2 is 2.5 and not 2 as on PostgreSQL. */
function whole(value: Value): Value {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
}
