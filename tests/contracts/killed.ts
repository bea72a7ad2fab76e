// What tests of killed commands share: a backup with enough rows for a command to be hit in its middle, and the way to configure one.

import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { Bus } from '../../agent/events.ts'
import { takeOwnership } from '../../agent/fleet/ownership.ts'
import { dumpTo } from '../../agent/store/backup.ts'
import { envelopeCipher } from '../../agent/store/cipher.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { openStore } from '../../agent/store/open.ts'
import { writeConfig } from '../harness/agent-process.ts'

/** Kills per operation and database. */
export const MOMENTS = 3
/** Of one test: some 15 s where nothing else runs, most of it the start of Node.js. */
export const WITHIN_MS = 180_000

export const firstKey = '5a'.repeat(32)

export interface Fixture {
  folder: string
  /** A backup under `firstKey`. */
  backup: string
  accounts: string[]
  /** For a command on the store at the URL, under the master key. */
  env(url: string, masterKey?: string): Record<string, string>
  remove(): void
}

export async function makeFixture(size: { accounts: number; rowsEach: number }): Promise<Fixture> {
  const folder = mkdtempSync(join(tmpdir(), 'linda-killed-'))
  await writeConfig(folder, {}, [])
  const accounts = Array.from({ length: size.accounts }, (_, i) => `k-${i + 1}`)
  const sql = await openStore('sqlite::memory:', new Bus('test'))
  await migrate(sql)
  const cipher = envelopeCipher(sql, Buffer.from(firstKey, 'hex'))
  for (const account of accounts) {
    const epoch = await takeOwnership(sql, account, 'n')
    for (let i = 0; i < size.rowsEach; i++) {
      const value = await cipher.seal(account, `session:${i}`, Buffer.alloc(1_000, account))
      await sql.query('INSERT INTO auth (account, name, value, epoch) VALUES ($1, $2, $3, $4)', [
        account,
        `session:${i}`,
        value,
        epoch,
      ])
    }
  }
  const backup = join(folder, 'backup.gz')
  const zip = createGzip()
  const out = zip.pipe(createWriteStream(backup))
  await dumpTo(sql, zip)
  await finished(out)
  await sql.close()
  // Where Node.js itself would keep it. Most of a command's time is spent before it comes to its store, with compiling what it loads.
  const cache = join(tmpdir(), 'node-compile-cache')
  const env = (url: string, masterKey = firstKey) => ({
    LINDA_STORE__URL: url,
    LINDA_MASTER_KEY: masterKey,
    NODE_COMPILE_CACHE: cache,
  })
  return { folder, backup, accounts, env, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
