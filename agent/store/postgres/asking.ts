// Every statement that is sent to PostgreSQL is measured, and every failure becomes a StoreError and an event.

import type pg from 'pg'
import type { Bus } from '../../events.ts'
import type { Row, StoreError, Value } from '../sql.ts'
import { checkStatement, inDialect, operationOf } from '../statement.ts'
import { connectionIsSound, detailOf, isConflict, storeError } from './errors.ts'

export class Asking {
  #bus: Bus
  #name: string
  #suspect: () => void

  /**
   * @param name of the server, for messages
   * @param suspect called when a failure may mean that the server is away
   */
  constructor(bus: Bus, name: string, suspect: () => void) {
    this.#bus = bus
    this.#name = name
    this.#suspect = suspect
  }

  /** Rejects with StoreError. */
  async ask(client: pg.Client, sql: string, params: readonly Value[]): Promise<Row[]> {
    return this.#measured(operationOf(sql), async () => {
      checkStatement(sql, params)
      // Always the extended protocol: the simple one would run several statements at once.
      const config = { text: inDialect(sql, 'postgres'), values: [...params], queryMode: 'extended' }
      return (await client.query<Row>(config)).rows
    })
  }

  /** BEGIN, COMMIT and ROLLBACK. Rejects with StoreError. */
  async control(client: pg.Client, statement: string): Promise<void> {
    await this.#measured(operationOf(statement), () => client.query(statement))
  }

  /** Says that something failed; the error is for the caller. */
  failed(operation: string, error: unknown): StoreError {
    if (!connectionIsSound(error)) this.#suspect()
    this.#bus.emit('store.failed', { driver: 'postgres', operation, detail: detailOf(error) })
    return storeError(`the store at ${this.#name} could not ${operation}`, error)
  }

  async #measured<T>(operation: string, ask: () => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    try {
      const answer = await ask()
      this.#bus.emit('store.queried', { driver: 'postgres', operation, ms: performance.now() - startedAt })
      return answer
    } catch (error) {
      // A collision is no failure before the last repetition; whoever gives up says so.
      if (isConflict(error)) throw storeError(`the store at ${this.#name} could not ${operation}`, error)
      throw this.failed(operation, error)
    }
  }
}
