// What waits for a turn at the file goes through it together and waits for the disk once; each caller still has all of its own work or nothing.

import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate as turn } from 'node:timers/promises'

/** What it does to the connection. */
export interface Connection {
  readonly inTransaction: boolean
  /** BEGIN, COMMIT and so on; throws StoreError. */
  execute(control: string): void
}

interface Job {
  /** A statement needs no transaction of its own. */
  kind: 'statement' | 'transaction'
  /** Nobody waits for its end but those who come after it. */
  alone: boolean
  work(): unknown
  resolve(value: never): void
  reject(error: unknown): void
}

/** More would make the first one wait for the last one too long. */
const MOST = 32
/**
 * Milliseconds of work after which everybody else has a turn. All of it runs in microtasks, which let nothing in between: the listener
 * takes one new connection per turn of the event loop, and waited for up to nine seconds (measured) where the store was never idle.
 */
const TURN_MS = 4
/** Milliseconds after which a group takes nobody else in and commits. */
const GROUP_MS = 10

export class GroupCommit {
  #connection: Connection
  #waiting: Job[] = []
  #running = false
  /** Milliseconds of work since others last had their turn. */
  #worked = 0

  #now: () => number

  /** @param now a clock that only goes forward, in milliseconds */
  constructor(connection: Connection, now: () => number) {
    this.#connection = connection
    this.#now = now
  }

  /** Runs one synchronous statement when its turn comes. */
  statement<T>(work: () => T): Promise<T> {
    return this.#add('statement', work, false)
  }

  /**
   * Runs `work` inside a transaction and resolves after its commit.
   * @param alone for long work: nobody else's answer hangs on its end
   */
  transaction<T>(work: () => Promise<T>, alone: boolean): Promise<T> {
    return this.#add('transaction', work, alone)
  }

  /** Runs `work` with nothing else under way. */
  last<T>(work: () => T): Promise<T> {
    return this.#add('statement', work, true)
  }

  #add<T>(kind: Job['kind'], work: () => T | Promise<T>, alone: boolean): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    // In the async context of its own caller, which spans and transactions depend on.
    const inContext = AsyncLocalStorage.snapshot()
    this.#waiting.push({ kind, alone, work: () => inContext(work), resolve, reject })
    if (!this.#running) {
      this.#running = true
      queueMicrotask(() => void this.#run())
    }
    return promise
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      if (this.#worked > TURN_MS) {
        await turn()
        this.#worked = 0
      }
      const startedAt = this.#now()
      const group = this.#next()
      if (group.length > 1) await this.#together(group)
      else if (group[0]?.kind === 'transaction') await this.#transaction(group[0])
      else await this.#statement(group[0] as Job)
      this.#worked += this.#now() - startedAt
    }
    this.#running = false
  }

  #next(): Job[] {
    const end = this.#waiting.findIndex(({ alone }) => alone)
    return this.#waiting.splice(0, end === 0 ? 1 : Math.min(MOST, end < 0 ? MOST : end))
  }

  async #statement({ work, resolve, reject }: Job): Promise<void> {
    try {
      resolve((await work()) as never)
    } catch (error) {
      reject(error)
    }
  }

  async #transaction({ work, resolve, reject }: Job): Promise<void> {
    const { execute } = this.#connection
    try {
      execute('BEGIN IMMEDIATE')
      const value = await work()
      execute('COMMIT')
      resolve(value as never)
    } catch (error) {
      this.#rollBack()
      reject(error)
    }
  }

  async #together(group: Job[]): Promise<void> {
    const { execute } = this.#connection
    const good: { job: Job; value: unknown }[] = []
    // Told only after the commit: what they lost to may never have been written.
    const bad = new Map<Job, unknown>()
    try {
      execute('BEGIN IMMEDIATE')
      const startedAt = this.#now()
      for (const [i, job] of group.entries()) {
        const value = await this.#oneOf(job, (error) => bad.set(job, error))
        if (value !== failed) good.push({ job, value })
        if (this.#now() - startedAt < GROUP_MS) continue
        // They keep their place, in front of all who came meanwhile.
        this.#waiting.unshift(...group.splice(i + 1))
      }
      execute('COMMIT')
    } catch (error) {
      this.#rollBack()
      // Nothing of what was good is in the file. A statement that only stood beside what failed may well do alone: reading on a full disk.
      for (const job of group)
        if (job.kind === 'statement' && !bad.has(job)) await this.#statement(job)
        else job.reject(error)
      return
    }
    for (const { job, value } of good) job.resolve(value as never)
    for (const [job, error] of bad) job.reject(error)
  }

  /** Throws where the whole transaction is gone: a full disk takes back more than one statement. */
  async #oneOf({ kind, work }: Job, told: (error: unknown) => void): Promise<unknown> {
    const { execute } = this.#connection
    if (kind === 'transaction') execute('SAVEPOINT one')
    try {
      const value = await work()
      if (kind === 'transaction') execute('RELEASE one')
      return value
    } catch (error) {
      if (!this.#connection.inTransaction) throw error
      if (kind === 'transaction') {
        execute('ROLLBACK TO one')
        execute('RELEASE one')
      }
      told(error)
      return failed
    }
  }

  /** Never throws: whoever waits must be told of the failure before it. A connection that is still inside refuses the next BEGIN. */
  #rollBack(): void {
    try {
      if (this.#connection.inTransaction) this.#connection.execute('ROLLBACK')
    } catch {
      // It was counted and said where it happened.
    }
  }
}

const failed = Symbol('failed')
