// A store that fails when it is told to: before the work, in its middle, at the commit, or after a commit that nobody hears of.

import type { Heard, Queryable, Row, Sql, TransactionOptions, Value } from '../../../agent/store/sql.ts'
import { StoreError } from '../../../agent/store/sql.ts'

/** `unheard`: it was committed, and the caller is told that nobody knows. */
export type Fault = 'none' | 'before' | 'commit' | 'unheard'

export class UnsteadySql implements Sql {
  readonly driver: Sql['driver']
  /** Decides for each transaction; statements outside of one fail with `before` only. */
  fault: () => Fault = () => 'none'
  /** The process that had it is dead: nothing of it reaches the store any more. */
  dead = false
  #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
    this.driver = sql.driver
  }

  async query<T extends Row = Row>(sql: string, params?: readonly Value[]): Promise<T[]> {
    this.#refuse(this.fault() === 'before')
    return this.#sql.query<T>(sql, params)
  }

  async transaction<T>(work: (tx: Queryable) => Promise<T>, options?: TransactionOptions): Promise<T> {
    const fault = this.fault()
    this.#refuse(fault === 'before')
    const result = await this.#sql.transaction(async (tx) => {
      const result = await work(tx)
      this.#refuse(fault === 'commit')
      return result
    }, options)
    this.#refuse(fault === 'unheard')
    return result
  }

  notify(channel: string, payload: string): Promise<void> {
    return this.#sql.notify(channel, payload)
  }

  listen(channel: string, heard: Heard): Promise<() => Promise<void>> {
    return this.#sql.listen(channel, heard)
  }

  close(): Promise<void> {
    return this.#sql.close()
  }

  #refuse(yes: boolean): void {
    if (yes || this.dead) throw new StoreError('the store is away')
  }
}
