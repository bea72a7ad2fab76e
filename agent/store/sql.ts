// The Sql port: one way to ask the store, whatever holds it. Statements use $1, $2, ... and times are integer milliseconds.

export type Value = string | number | bigint | null | Uint8Array
export type Row = Record<string, Value>

export interface Queryable {
  /** Runs one statement. Rejects with StoreError. */
  query<T extends Row = Row>(sql: string, params?: readonly Value[]): Promise<T[]>
}

export interface Sql extends Queryable {
  readonly driver: 'sqlite' | 'postgres'
  /** Runs `work` in one transaction: all of it or nothing. Transactions wait for one another. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** The store could not answer; the message names the file or server and what to do. */
export class StoreError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'StoreError'
  }
}
