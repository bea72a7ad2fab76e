// A name in a query that nobody knows is a slip, which an empty list would hide: it is refused, unless the store has heard of it.

import type { Context } from 'hono'
import type { Sql } from '../store/sql.ts'
import type { AdminEnv } from './auth.ts'
import { sees, unknownAccount, unknownPool } from './scope.ts'
import { stored } from './stored.ts'

/** What the configuration of any node names. */
interface Directory {
  /** By id or phone. */
  find(key: string): { id: string; pool: string } | undefined
  pools(): readonly string[]
}

/** What was listed once may still have rows: the store is asked about what the configuration does not name. */
export class Names {
  readonly #directory: Directory
  readonly #sql: Sql

  constructor(directory: Directory, sql: Sql) {
    this.#directory = directory
    this.#sql = sql
  }

  /** Of a query that may name both, with the id of the account where its phone was said. Throws Problem. */
  async checked<Q extends { pool?: string | undefined; account?: string | undefined }>(
    c: Context<AdminEnv>,
    query: Q,
  ): Promise<Q> {
    if (query.pool !== undefined) await this.#pool(c, query.pool)
    if (query.account === undefined) return query
    return { ...query, account: await this.account(c, query.account) }
  }

  /** The id of an account, listed now or once, by its id or phone. Throws Problem. */
  async account(c: Context<AdminEnv>, key: string): Promise<string> {
    const id = await this.find(c, key)
    if (id !== null) return id
    throw unknownAccount(key)
  }

  /** The same, and null where nobody knows it. */
  async find(c: Context<AdminEnv>, key: string): Promise<string | null> {
    const listed = this.#directory.find(key)
    const pool = listed?.pool ?? (await this.#poolOf(key))
    return pool !== undefined && sees(c, pool) ? (listed?.id ?? key) : null
  }

  async #pool(c: Context<AdminEnv>, pool: string): Promise<void> {
    const pools = this.#directory.pools()
    const known = pools.includes(pool) || (await this.#had(pool))
    if (!known || !sees(c, pool))
      throw unknownPool(
        pool,
        pools.filter((each) => sees(c, each)),
      )
  }

  async #poolOf(account: string): Promise<string | undefined> {
    const asked = this.#sql.query<{ pool: string }>('SELECT pool FROM account WHERE id = $1', [account])
    return (await stored(asked))[0]?.pool
  }

  async #had(pool: string): Promise<boolean> {
    const asked = this.#sql.query<{ pool: string }>('SELECT pool FROM account WHERE pool = $1 LIMIT 1', [
      pool,
    ])
    return (await stored(asked)).length > 0
  }
}
