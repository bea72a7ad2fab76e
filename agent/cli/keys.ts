// `linda keys create FILE` and `linda keys rotate FILE`: a master key is never written over, because that would make a store unreadable.

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { loadConfig } from '../config/load.ts'
import { Bus } from '../events.ts'
import { proveMasterKey, rewrapDataKeys } from '../store/data-keys.ts'
import { makeFolder } from '../store/folder.ts'
import { masterKeyOf, readMasterKey } from '../store/master-key.ts'
import { migrate } from '../store/migrations.ts'
import { openStore } from '../store/open.ts'
import { writeOnce } from '../store/write-once.ts'
import type { CommandIo } from './io.ts'

/** Answers the exit status. With `json` stdout gets one object beside the sentences on stderr. */
export function createKey(file: string, io: CommandIo, json = false): number {
  try {
    makeFolder(dirname(file))
    writeOnce(file, `${randomBytes(32).toString('hex')}\n`)
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
  if (json) io.out(`${JSON.stringify({ file })}\n`)
  return 0
}

/**
 * Wraps every data key with the key in FILE, which is made where it does not exist; all of them or none. On SQLite no agent may run; on
 * PostgreSQL one that does goes on with the data keys it has and needs the new key at its next start.
 * Answers the exit status; rejects with ConfigError or StoreError.
 */
export async function rotateKeys(
  file: string,
  config: string | undefined,
  io: CommandIo,
  json = false,
): Promise<number> {
  const { store } = loadConfig({ path: config, env: io.env, cwd: io.cwd })
  if (store.encryption === 'off') {
    io.err('store.encryption: found off, allowed: on; there is nothing to rotate\n')
    return 2
  }
  const from = masterKeyOf(store)
  const sql = await openStore(store.url, new Bus('cli'))
  try {
    await migrate(sql)
    await proveMasterKey(sql, from)
    if (!existsSync(file) && createKey(file, io) !== 0) return 2
    const to = readMasterKey(file)
    if (Buffer.compare(from, to) === 0) {
      io.err(`${file} holds the key that is in use; name another file\n`)
      return 2
    }
    const keys = await rewrapDataKeys(sql, from, to)
    const where = store.masterKey
      ? 'put it into LINDA_MASTER_KEY, which goes before the file'
      : 'set store.master_key_file to it'
    io.err(`${keys} data keys are wrapped with ${file} now; ${where}, and keep the old key for old backups\n`)
    if (json) io.out(`${JSON.stringify({ file, keys })}\n`)
    return 0
  } finally {
    await sql.close()
  }
}
