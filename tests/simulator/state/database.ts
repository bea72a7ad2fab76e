// One SQLite file holds what must survive kill -9: a write that returned is kept, a transaction is kept whole or not at all.
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

const schema = `
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS people (
  phone TEXT PRIMARY KEY, lid TEXT NOT NULL UNIQUE, keys TEXT NOT NULL, phone_settings TEXT, contact_settings TEXT,
  attempts INTEGER NOT NULL DEFAULT 0, next_pre_key INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE TABLE IF NOT EXISTS signal (
  owner TEXT, type TEXT, id TEXT, value TEXT NOT NULL, PRIMARY KEY (owner, type, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS accounts (
  phone TEXT PRIMARY KEY, device INTEGER NOT NULL, linked INTEGER NOT NULL, noise_key BLOB NOT NULL,
  identity BLOB NOT NULL, registration_id INTEGER NOT NULL, signed_pre_key TEXT NOT NULL, history_sent INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS pre_keys (
  phone TEXT, id INTEGER, public BLOB NOT NULL, PRIMARY KEY (phone, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS queue (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, class TEXT NOT NULL, id TEXT NOT NULL,
  due INTEGER NOT NULL, node BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS queue_account ON queue (account, due);
CREATE TABLE IF NOT EXISTS inbound (
  account TEXT, id TEXT, sender TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbound (account TEXT, id TEXT, retry INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (account, id)) STRICT, WITHOUT ROWID;
`

type Row = Record<string, SQLInputValue>

export class Database {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #depth = 0

  constructor(path: string) {
    this.#db = new DatabaseSync(path)
    // EXCLUSIVE keeps a second simulator off the same directory.
    this.#db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF')
    this.#db.exec(schema)
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes)
  }

  get<T extends object = Row>(sql: string, ...values: SQLInputValue[]): T | undefined {
    return this.#prepare(sql).get(...values) as T | undefined
  }

  all<T extends object = Row>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#prepare(sql).all(...values) as T[]
  }

  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work()
    this.#depth++
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    } finally {
      this.#depth--
    }
  }

  /** The value of a name that is set once and then stays. */
  setting<T>(name: string, create: () => T, write: (value: T) => string, read: (text: string) => T): T {
    const row = this.get<{ value: string }>('SELECT value FROM meta WHERE name = ?', name)
    if (row) return read(row.value)
    const value = create()
    this.run('INSERT INTO meta (name, value) VALUES (?, ?)', name, write(value))
    return value
  }

  close(): void {
    this.#statements.clear()
    this.#db.close()
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}
