// Credentials of the account uae-1 in a real, encrypted file that can be closed and opened again.

import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Bus } from '../../../agent/events.ts'
import { takeOwnership } from '../../../agent/fleet/ownership.ts'
import { loadAuth, type StoredAuth } from '../../../agent/session/auth-state.ts'
import { type Cipher, envelopeCipher } from '../../../agent/store/cipher.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import type { Sql } from '../../../agent/store/sql.ts'
import { openSqlite } from '../../../agent/store/sqlite.ts'
import { temporaryFolder } from '../store/folder.ts'

export class AuthStage {
  readonly file = join(temporaryFolder(), 'linda.db')
  sql!: Sql
  cipher!: Cipher
  auth!: StoredAuth

  async open(bus = new Bus('node-1')): Promise<void> {
    const sql = openSqlite(this.file, bus)
    await migrate(sql)
    this.sql = sql
    this.cipher = envelopeCipher(sql, new Uint8Array(32).fill(7))
    this.auth = await this.of('uae-1')
    onTestFinished(() => sql.close())
  }

  /** The account as a process that has just taken it sees it. */
  async of(account: string, bus = new Bus('node-1')): Promise<StoredAuth> {
    const epoch = await takeOwnership(this.sql, account, 'node-1')
    return loadAuth({ sql: this.sql, cipher: this.cipher, bus, account, epoch })
  }

  /** As after a restart of the process. */
  async reopen(): Promise<void> {
    await this.sql.close()
    await this.open()
  }

  /** As a scan leaves the credentials. */
  pair(): void {
    this.auth.creds.me = { id: '971500000001:1@s.whatsapp.net', lid: '1:1@lid' }
    this.auth.creds.account = { details: Buffer.from([1, 2, 3]), accountSignature: Buffer.alloc(64, 9) }
  }

  async names(): Promise<string[]> {
    const rows = await this.sql.query<{ name: string }>(
      'SELECT name FROM auth WHERE account = $1 ORDER BY name',
      ['uae-1'],
    )
    return rows.map(({ name }) => name)
  }
}
