// The PostgreSQL driver: every wait is bounded, and a server that goes away and comes back ends neither the process nor the store.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus } from '../events.ts'
import { within } from './deadline.ts'
import { Asking } from './postgres/asking.ts'
import { Connections, type Held } from './postgres/connections.ts'
import { codeOf, connectionIsSound, isConflict } from './postgres/errors.ts'
import { PostgresListener } from './postgres/listener.ts'
import { Reachability } from './postgres/reachability.ts'
import { cut, type PostgresLimits, Server, usualLimits } from './postgres/server.ts'
import { NOTIFY, transact } from './postgres/transact.ts'
import type { Heard, Queryable, Row, Sql, TransactionOptions, Value } from './sql.ts'
import { StoreError } from './sql.ts'
import { checkNotification } from './statement.ts'
import { Inside } from './transaction.ts'

/** Longest pause before a transaction that collided runs again, in milliseconds. */
const PAUSE_MS = 50

/** Connects once, so that a mistake in the URL is found at start. Rejects with StoreError. */
export async function openPostgres(
  url: string,
  bus: Bus,
  limits: Partial<PostgresLimits> = {},
): Promise<Sql> {
  const server = new Server(url, { ...usualLimits, ...limits })
  await probe(server)
  return new Postgres(server, bus)
}

async function probe(server: Server): Promise<void> {
  cut(await server.connect(() => {}, { query_timeout: server.limits.connectMs }))
}

class Postgres implements Sql {
  readonly driver = 'postgres'
  #bus: Bus
  #limits: PostgresLimits
  #asking: Asking
  #connections: Connections
  #listener: PostgresListener
  #reachability: Reachability
  #inside = new Inside()
  #running = new Set<Promise<unknown>>()
  #closing: Promise<void> | null = null

  constructor(server: Server, bus: Bus) {
    this.#bus = bus
    this.#limits = server.limits
    this.#reachability = new Reachability(bus, () => probe(server), server.limits.retryMs)
    const suspect = () => this.#reachability.suspect()
    this.#asking = new Asking(bus, server.name, suspect)
    this.#connections = new Connections(server, suspect)
    const onError = (error: unknown) => void this.#asking.failed('listen', error)
    this.#listener = new PostgresListener(server, onError, suspect)
  }

  async query<T extends Row>(sql: string, params: readonly Value[] = []): Promise<T[]> {
    this.#guard('query')
    return this.#counted(async () => {
      const held = await this.#take(() => this.#connections.take())
      let sound = true
      try {
        return (await this.#asking.ask(held.client, sql, params)) as T[]
      } catch (error) {
        sound = connectionIsSound(error)
        if (isConflict(error)) throw this.#asking.failed('query', error)
        throw error
      } finally {
        held.release(sound)
      }
    })
  }

  async notify(channel: string, payload: string): Promise<void> {
    this.#guard('notify')
    checkNotification(channel, payload)
    await this.query(NOTIFY, [channel, payload])
  }

  async transaction<T>(
    work: (tx: Queryable) => Promise<T>,
    { lock, serial = false, withinMs = this.#limits.transactionMs }: TransactionOptions = {},
  ): Promise<T> {
    this.#guard('transaction')
    const take = () =>
      lock === undefined ? this.#connections.take() : this.#connections.takeLocked(lock, withinMs)
    return this.#counted(async () => {
      const deadline = performance.now() + withinMs
      for (let attempt = 1; ; attempt++) {
        const held = await this.#take(take)
        const leftMs = Math.max(1, deadline - performance.now())
        try {
          return await this.#inside.run(() => transact(this.#asking, held, work, leftMs, serial))
        } catch (error) {
          if (!isConflict(error)) throw error
          const pauseMs = Math.random() * Math.min(PAUSE_MS, 2 ** attempt)
          if (performance.now() + pauseMs > deadline) throw this.#asking.failed('transaction', error)
          this.#bus.emit('store.retried', { driver: 'postgres', attempt, code: codeOf(error) })
          await sleep(pauseMs)
        }
      }
    })
  }

  async listen(channel: string, heard: Heard): Promise<() => Promise<void>> {
    this.#guard('listen')
    checkNotification(channel)
    try {
      this.#reachability.refuse()
      return await this.#listener.listen(channel, heard)
    } catch (error) {
      throw this.#asking.failed('listen', error)
    }
  }

  async close(): Promise<void> {
    this.#inside.refuse('close')
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const rest = Promise.allSettled(this.#running)
    await within(this.#limits.closeMs, rest, () => new Error('late')).catch(() => {})
    this.#reachability.close()
    this.#listener.close()
    await this.#connections.close(1_000)
  }

  #guard(what: string): void {
    if (this.#closing)
      throw this.#asking.failed(what, new StoreError(`the store is closed; the ${what} came too late`))
    this.#inside.refuse(what)
  }

  async #take(take: () => Promise<Held>): Promise<Held> {
    try {
      this.#reachability.refuse()
      return await take()
    } catch (error) {
      throw this.#asking.failed('connect', error)
    }
  }

  async #counted<T>(work: () => Promise<T>): Promise<T> {
    const running = work()
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }
}
