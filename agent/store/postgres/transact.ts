// One run of a transaction on one connection: committed, rolled back, or abandoned together with the connection.

import { within } from '../deadline.ts'
import { type Queryable, StoreError, type Value } from '../sql.ts'
import { checkNotification } from '../statement.ts'
import { OpenTransaction } from '../transaction.ts'
import type { Asking } from './asking.ts'
import type { Held } from './connections.ts'
import { connectionIsSound, isConflict } from './errors.ts'

export const NOTIFY = 'SELECT pg_notify($1, $2)'

/**
 * Runs `work`, and gives the connection back. READ COMMITTED unless `serial`: with SERIALIZABLE for everything, flushes of different
 * accounts collided on shared index pages and most were repeated, several times each, as soon as messages queued up. Rejects with
 * what `work` rejected with, or with StoreError; after a collision with that of the database, whatever `work` made of it.
 */
export async function transact<T>(
  asking: Asking,
  held: Held,
  work: (tx: Queryable) => Promise<T>,
  withinMs: number,
  serial: boolean,
): Promise<T> {
  const ask = (sql: string, params: readonly Value[]) => asking.ask(held.client, sql, params)
  const tx = new OpenTransaction(ask, async (channel, payload) => {
    checkNotification(channel, payload)
    await ask(NOTIFY, [channel, payload])
  })
  let ended = false
  const run = async (): Promise<T> => {
    await asking.control(held.client, `BEGIN ISOLATION LEVEL ${serial ? 'SERIALIZABLE' : 'READ COMMITTED'}`)
    return tx.run(work)
  }
  const running = run().finally(() => {
    ended = true
  })
  const late = () => new StoreError(`the transaction took longer than ${Math.round(withinMs)} ms`)
  let result: T
  try {
    result = await within(withinMs, Promise.race([running, held.broken]), late)
  } catch (error) {
    tx.end()
    const abandoned = !ended
    // A statement that is still running could not be followed by a ROLLBACK.
    const sound = !abandoned && (tx.failure === undefined || connectionIsSound(tx.failure))
    held.release(sound && (await rolledBack(asking, held)))
    // Too late, or the connection broke while nobody waited for an answer.
    if (abandoned) throw asking.failed('transaction', error)
    throw isConflict(tx.failure) ? tx.failure : error
  }
  await commit(asking, held)
  return result
}

async function rolledBack(asking: Asking, held: Held): Promise<boolean> {
  return asking.control(held.client, 'ROLLBACK').then(
    () => true,
    () => false,
  )
}

async function commit(asking: Asking, held: Held): Promise<void> {
  try {
    await asking.control(held.client, 'COMMIT')
    held.release(true)
  } catch (error) {
    const sound = connectionIsSound(error)
    held.release(sound)
    if (sound) throw error
    throw new StoreError(`${(error as Error).message}; whether the transaction was written is unknown`, {
      cause: (error as Error).cause,
    })
  }
}
