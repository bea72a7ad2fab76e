// `linda keys create FILE`: a fresh master key, never over an existing one, because that would make a store unreadable.

import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { CheckConfigIo } from './check-config.ts'

/** Answers the exit status. */
export function createKey(file: string, io: CheckConfigIo): number {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST'
    const why = exists
      ? 'it exists already, and replacing it would make the store unreadable'
      : (error as Error).message
    io.err(`cannot write ${file}: ${why}\n`)
    return 2
  }
  io.err(
    `wrote a new master key to ${file}; keep a copy somewhere else, without it the store cannot be read\n`,
  )
  return 0
}
