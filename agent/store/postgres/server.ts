// How a connection is made, and which servers will do: a primary, PostgreSQL 14 or newer, with UTF-8.

import pg, { type ClientConfig } from 'pg'
import { within } from '../deadline.ts'
import { StoreError } from '../sql.ts'
import { storeError } from './errors.ts'
import { types } from './types.ts'

/** All times in milliseconds. */
export interface PostgresLimits {
  /** Connections of the pool; listening and watching take one more each. */
  connections: number
  /** Longest wait for a connection, new or free. */
  connectMs: number
  /** The server cancels a statement that takes longer. */
  statementMs: number
  /** An answer that does not come at all; longer than statementMs, so that the server can say why. */
  answerMs: number
  /** Longest transaction, with its repetitions. */
  transactionMs: number
  /**
   * The server ends a transaction that does nothing for so long: a frozen process would otherwise hold the rows of its accounts
   * against the one that takes over. Shorter than statementMs, which is how long that one waits.
   */
  idleInTransactionMs: number
  /** How often an unreachable server is tried. */
  retryMs: number
  /** How often the connection that listens is tested. */
  heartbeatMs: number
  /** Longest wait for what still runs when the store is closed. */
  closeMs: number
}

export const usualLimits: PostgresLimits = {
  connections: 10,
  connectMs: 5_000,
  statementMs: 10_000,
  answerMs: 12_000,
  transactionMs: 30_000,
  idleInTransactionMs: 3_000,
  retryMs: 1_000,
  heartbeatMs: 10_000,
  closeMs: 5_000,
}

/** The server that a URL names. */
export class Server {
  readonly limits: PostgresLimits
  /** `host:port/database`, fit to be shown. */
  readonly name: string
  #url: string

  /** Throws StoreError where the URL cannot be read; the message does not have it. */
  constructor(url: string, limits: PostgresLimits) {
    this.limits = limits
    this.#url = url
    try {
      const { host, port, database } = new pg.Client({ connectionString: url })
      this.name = `${host}:${port}/${database ?? ''}`
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      const why = code === 'ERR_INVALID_URL' ? 'it is no URL' : (error as Error).message
      throw new StoreError(
        `store.url cannot be used: ${why.replaceAll(url, '***')}; allowed: postgres://USER:PASSWORD@HOST:5432/DATABASE`,
      )
    }
  }

  config(over: ClientConfig = {}): ClientConfig {
    const { connectMs, statementMs, answerMs, idleInTransactionMs } = this.limits
    return {
      connectionString: this.#url,
      application_name: 'linda',
      connectionTimeoutMillis: connectMs,
      statement_timeout: statementMs,
      query_timeout: answerMs,
      idle_in_transaction_session_timeout: idleInTransactionMs,
      keepAlive: true,
      types,
      ...over,
    }
  }

  /**
   * A connection outside the pool. Rejects with StoreError when the server cannot be reached or will not do.
   * @param onLost called at most once, when a connection that was open breaks
   */
  async connect(onLost: (error: unknown) => void, over: ClientConfig = {}): Promise<pg.Client> {
    const client = new pg.Client(this.config(over))
    let open = false
    client.on('error', (error) => {
      if (open) onLost(error)
      open = false
    })
    try {
      await within(this.limits.connectMs + 1_000, client.connect(), () => new Error('timeout expired'))
      await greet(client)
      open = true
      return client
    } catch (error) {
      cut(client)
      throw this.unreachable(error)
    }
  }

  /** Says that the server cannot be used, and why. */
  unreachable(error: unknown): StoreError {
    const what = `the store at ${this.name} cannot be used`
    if (!(error instanceof StoreError)) return storeError(what, error)
    return error.message.startsWith(what) ? error : new StoreError(`${what}: ${error.message}`, error)
  }
}

/** Closes a connection at once; a polite goodbye would wait for a server that may be gone. */
export function cut(client: pg.Client): void {
  client.connection.stream.destroy()
}

async function greet(client: pg.Client): Promise<void> {
  const { rows } = await client.query<Greeting>(
    `SELECT current_setting('server_version_num')::int AS version, pg_is_in_recovery() AS standby,
            current_setting('server_encoding') AS encoding`,
  )
  const problem = rows[0] ? problemWith(rows[0]) : 'it does not say what it is'
  if (problem) throw new StoreError(problem)
}

interface Greeting {
  version: number
  standby: number
  encoding: string
}

/** Why a server will not do; null when it will. */
export function problemWith({ version, standby, encoding }: Greeting): string | null {
  if (version < 140_000)
    return `it is PostgreSQL ${Math.floor(version / 10_000)}; version 14 or newer is needed`
  if (standby) return 'it is a read-only standby; store.url must name the primary'
  if (encoding !== 'UTF8') return `its database is encoded in ${encoding}; make one with ENCODING 'UTF8'`
  return null
}
