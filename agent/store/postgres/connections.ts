// The bounded pool: whoever gets a connection gives it back or it is destroyed, and no error of a connection escapes.

import pg, { type PoolConfig } from 'pg'
import { within } from '../deadline.ts'
import { storeError } from './errors.ts'
import { cut, type Server } from './server.ts'

/** Connections that nobody used for so long are closed. */
const IDLE_MS = 30_000

/** A connection that somebody has for himself. */
export interface Held {
  client: pg.Client
  /** Rejects when the connection breaks while nobody waits for an answer; otherwise never settles. */
  broken: Promise<never>
  /** Gives it back, once; one that is not sound is destroyed, and the server undoes what was open on it. */
  release(sound: boolean): void
}

export class Connections {
  #server: Server
  #pool: pg.Pool
  #all = new Set<pg.Client>()

  /** @param onBroken an idle connection broke */
  constructor(server: Server, onBroken: () => void) {
    this.#server = server
    const config: PoolConfig = {
      ...server.config(),
      max: server.limits.connections,
      idleTimeoutMillis: IDLE_MS,
    }
    this.#pool = new pg.Pool(config)
    this.#pool.on('error', onBroken)
    this.#pool.on('connect', (client) => this.#all.add(client))
    this.#pool.on('remove', (client) => this.#all.delete(client))
  }

  /** Waits up to connectMs. Rejects with what the library says. */
  async take(): Promise<Held> {
    const client = await this.#pool.connect()
    const { broken, stop } = watch(client)
    return {
      client,
      broken,
      release: (sound) => {
        stop()
        if (!sound) cut(client)
        client.release(!sound)
      },
    }
  }

  /**
   * A connection without the limits on statements, which holds the lock until it is released; it is not of the pool and not used again.
   * Rejects with StoreError.
   */
  async takeLocked(lock: string, withinMs: number): Promise<Held> {
    let lose: (error: unknown) => void = () => {}
    const broken = new Promise<never>((_, reject) => {
      lose = reject
    })
    broken.catch(() => {})
    const client = await this.#server.connect((error) => lose(error), {
      statement_timeout: 0,
      query_timeout: withinMs,
      // A backup waits for whoever reads it.
      idle_in_transaction_session_timeout: withinMs,
    })
    try {
      await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`linda:${lock}`])
    } catch (error) {
      cut(client)
      throw storeError(`another agent may hold the lock "${lock}"`, error)
    }
    return { client, broken, release: () => cut(client) }
  }

  /** Closes all connections; those that do not say goodbye in time are cut. */
  async close(withinMs: number): Promise<void> {
    const late = () => new Error('late')
    await within(withinMs, this.#pool.end(), late).catch(() => {
      for (const client of this.#all) cut(client)
    })
  }
}

/** The library emits an error on the client too when its connection breaks; unheard, that would end the process. */
function watch(client: pg.PoolClient): { broken: Promise<never>; stop: () => void } {
  let listener: (error: Error) => void = () => {}
  const broken = new Promise<never>((_, reject) => {
    listener = reject
  })
  broken.catch(() => {})
  client.on('error', listener)
  return { broken, stop: () => client.off('error', listener) }
}
