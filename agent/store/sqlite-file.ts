// The SQLite file belongs to its owner's eyes, to Linda, and to one process; another program's file is left as it was.

import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeFolder } from './folder.ts'
import { applicationId, foreign, group, refuseForeign, sqliteColumns } from './identity.ts'
import { type Row, StoreError } from './sql.ts'

const SQLITE_BUSY = 5

/** Creates the folder and the file where they are missing, for their owner only. Throws StoreError. */
export function prepareFile(file: string): void {
  try {
    makeFolder(dirname(file))
  } catch (error) {
    throw new StoreError(`cannot create the folder of ${file}: ${(error as Error).message}`, {
      cause: error,
    })
  }
  try {
    // Before there is anything in it; its journal takes the same rights.
    closeSync(openSync(file, 'a', 0o600))
  } catch (error) {
    throw cannotOpen(file, error)
  }
}

/** Opens the file, makes sure whose it is and keeps every other process out. Throws StoreError. */
export function takeFile(file: string): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file)
    // Exclusive locking keeps every other process out, containers that share the volume included, and the system gives
    // the lock back when this process dies, however it dies.
    db.exec('PRAGMA busy_timeout=1000; PRAGMA locking_mode=EXCLUSIVE')
    refuseStranger(db)
    db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; BEGIN EXCLUSIVE; COMMIT')
    return db
  } catch (error) {
    db?.close()
    throw cannotOpen(file, error)
  }
}

/** Before the first pragma that writes: WAL mode stays in the file. */
function refuseStranger(db: DatabaseSync): void {
  const id = db.prepare('PRAGMA application_id').get()?.application_id
  if (id !== 0 && id !== applicationId) throw foreign(`its application id is ${id}`)
  refuseForeign(group(db.prepare(sqliteColumns).all() as Row[]), true)
}

function cannotOpen(file: string, error: unknown): StoreError {
  if ((error as { errcode?: number }).errcode === SQLITE_BUSY)
    return new StoreError(
      `${file} is in use by another process; stop that agent, or give this one another store.url`,
      { cause: error },
    )
  return new StoreError(`cannot open ${file}: ${(error as Error).message}`, { cause: error })
}
