// What `work` sees of its transaction: statements one after another, nothing after the first failure, nothing after the end.

import { AsyncLocalStorage } from 'node:async_hooks'
import { type Queryable, type Row, StoreError, type Value } from './sql.ts'

type Run = (sql: string, params: readonly Value[]) => Promise<Row[]>
type Notify = (channel: string, payload: string) => Promise<void>

/**
 * The handle of one run of `work`. Both databases go on differently after a failed statement (PostgreSQL refuses everything and then
 * "commits" nothing, SQLite carries on), so here the first failure is the end.
 */
export class OpenTransaction implements Queryable {
  #run: Run
  #notify: Notify
  #last: Promise<unknown> = Promise.resolve()
  #failure: { error: unknown } | null = null
  #over = false

  constructor(run: Run, notify: Notify) {
    this.#run = run
    this.#notify = notify
  }

  query<T extends Row>(sql: string, params: readonly Value[] = []): Promise<T[]> {
    return this.#next(() => this.#run(sql, params)) as Promise<T[]>
  }

  notify(channel: string, payload: string): Promise<void> {
    return this.#next(() => this.#notify(channel, payload))
  }

  /** What the first failed statement failed with. */
  get failure(): unknown {
    return this.#failure?.error
  }

  /** Runs `work` to its end, with whatever it started and did not await. Throws what made it fail. */
  async run<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    try {
      const result = await work(this)
      await this.#last
      if (this.#failure) throw this.#failure.error
      return result
    } finally {
      this.end()
      await this.#last
    }
  }

  /** From now on everything rejects: a statement that comes late must not slip into somebody else's transaction. */
  end(): void {
    this.#over = true
  }

  #next<T>(step: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      if (this.#over) throw new StoreError('the transaction is over; a statement came after its end')
      if (this.#failure)
        throw new StoreError('the transaction is lost: an earlier statement of it failed', {
          cause: this.#failure.error,
        })
      try {
        return await step()
      } catch (error) {
        this.#failure = { error }
        throw error
      }
    })
    this.#last = turn.catch(() => {})
    return turn
  }
}

/**
 * Knows whether the caller stands inside a transaction of this store. Asking the store there would wait for itself: on SQLite for ever,
 * on PostgreSQL when the pool is empty or a row is locked.
 */
export class Inside {
  #storage = new AsyncLocalStorage<{ open: boolean }>()

  async run<T>(work: () => Promise<T>): Promise<T> {
    const mark = { open: true }
    try {
      return await this.#storage.run(mark, work)
    } finally {
      mark.open = false
    }
  }

  /** Throws StoreError inside an open transaction. */
  refuse(what: string): void {
    if (this.#storage.getStore()?.open)
      throw new StoreError(`${what}() was called inside a transaction: ask the transaction, not the store`)
  }
}
