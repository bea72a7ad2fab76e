// One agent per SQLite file: a lock file beside it names the process that holds it, and a dead process's lock is taken over.

import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { StoreError } from './sql.ts'

/** Takes the lock or throws StoreError naming the holder. Answers the function that gives it back. */
export function takeLock(databaseFile: string): () => void {
  const file = `${databaseFile}.lock`
  for (let tries = 0; tries < 3; tries++) {
    try {
      const fd = openSync(file, 'wx', 0o600)
      writeSync(fd, `${process.pid}\n`)
      closeSync(fd)
      return () => rmSync(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw new StoreError(`cannot create ${file}: ${(error as Error).message}`, { cause: error })
      const holder = existsSync(file) ? Number(readFileSync(file, 'utf8').trim()) : 0
      // A process id can be used again, in a container it nearly always is 1: our own id is no other agent.
      if (holder !== process.pid && isAlive(holder))
        throw new StoreError(
          `${databaseFile} is in use by the process ${holder}; stop it, or give this agent another store.url`,
        )
      rmSync(file, { force: true })
    }
  }
  throw new StoreError(`cannot take ${file}: another process keeps taking it`)
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
