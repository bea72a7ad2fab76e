// The Sql port: one way to ask the store, whatever holds it. Statements use $1, $2, ... and times are integer milliseconds.

/**
 * What goes in and comes out. Integers come back as numbers and must be safe (within 2^53); truth values are 1 and 0; bytes
 * come back as plain Uint8Array. Whole numbers go in as integers.
 */
export type Value = string | number | bigint | null | Uint8Array
export type Row = Record<string, Value>

export interface Queryable {
  /** Runs one statement. Rejects with StoreError. */
  query<T extends Row = Row>(sql: string, params?: readonly Value[]): Promise<T[]>
  /**
   * Wakes everyone who listens to the channel, in this process and in others on the same store. Inside a transaction it happens at the
   * commit, never after a rollback, and once for equal payloads. A hint that may get lost, so listeners poll too.
   * @param channel 1 to 63 of a-z, 0-9 and _, beginning with a letter
   * @param payload up to maxPayloadBytes in UTF-8. Rejects with StoreError.
   */
  notify(channel: string, payload: string): Promise<void>
}

/** What a listener is told: the payload, or null when notifications may have been missed. */
export type Heard = (payload: string | null) => void

export interface TransactionOptions {
  /**
   * Name of a lock that no other process holds meanwhile; it is taken before the transaction sees anything. For long work that must
   * happen once, such as migrations: the limits of the store on statements do not apply, `withinMs` does.
   */
  lock?: string
  /**
   * As if transactions came one after another, reading included: for what must be of one moment, or writes what it computed from what
   * it read. Collisions repeat `work`, and on PostgreSQL transactions of other rows collide too, so it is not for frequent writes.
   */
  serial?: boolean
  /** Longest time for one run of `work`, in milliseconds; the store's own limit where it is absent. */
  withinMs?: number
}

export interface Sql extends Queryable {
  readonly driver: 'sqlite' | 'postgres'
  /**
   * Runs `work` in one transaction: all of it or nothing. A row that it has updated is held until its end, and an UPDATE that waited for
   * a row judges it as it is then; what was only read may change meanwhile (see `serial`). `work` may run more than once
   * (a collision with another process), so it does nothing that cannot be repeated; and it asks only the transaction it is given: the
   * store itself refuses meanwhile. After a statement that failed the transaction is lost, also when `work` caught the error.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>, options?: TransactionOptions): Promise<T>
  /** Hears a channel from when this resolves until the function it answers has been called. Rejects with StoreError. */
  listen(channel: string, heard: Heard): Promise<() => Promise<void>>
  /** Waits for what runs, within bounds; afterwards everything rejects. Calling it again is harmless. */
  close(): Promise<void>
}

/** The limit of PostgreSQL: a payload is shorter than 8,000 bytes. */
export const maxPayloadBytes = 7_999

/** The store could not answer; the message names the file or server and what to do, and no credentials. */
export class StoreError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'StoreError'
  }
}
