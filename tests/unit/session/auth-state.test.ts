// What the library believes written is in the file, comes back as it was, and paired credentials are never thrown away.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { proto, type SignalDataSet } from '@whiskeysockets/baileys'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Bus } from '../../../agent/events.ts'
import { loadAuth, type StoredAuth } from '../../../agent/session/auth-state.ts'
import { type Cipher, envelopeCipher } from '../../../agent/store/cipher.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import type { Sql } from '../../../agent/store/sql.ts'
import { openSqlite } from '../../../agent/store/sqlite.ts'

let folder: string
let sql: Sql
let cipher: Cipher
let auth: StoredAuth

async function open(): Promise<void> {
  sql = openSqlite(join(folder, 'linda.db'), new Bus('node-1'))
  await migrate(sql)
  cipher = envelopeCipher(sql, new Uint8Array(32).fill(7))
  auth = await loadAuth(sql, cipher, 'uae-1')
}
/** As after a restart of the process. */
async function reopen(): Promise<void> {
  await sql.close()
  await open()
}
const names = async () =>
  (
    await sql.query<{ name: string }>('SELECT name FROM auth WHERE account = $1 ORDER BY name', ['uae-1'])
  ).map(({ name }) => name)
function pair(): void {
  auth.creds.me = { id: '971500000001:1@s.whatsapp.net', lid: '1:1@lid' }
  auth.creds.account = { details: Buffer.from([1, 2, 3]), accountSignature: Buffer.alloc(64, 9) }
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'linda-auth-'))
  await open()
})
afterEach(async () => {
  await sql.close()
  rmSync(folder, { recursive: true })
})

describe('credentials', () => {
  it('new ones are made but not written before something happens to them', async () => {
    expect(auth.creds.noiseKey.public).toHaveLength(32)
    expect(auth.paired).toBe(false)
    expect(await names()).toEqual([])
  })

  it('come back after a restart as they were, bytes as bytes', async () => {
    pair()
    auth.saveCreds()
    await auth.flush()
    const before = auth.creds
    await reopen()
    expect(auth.paired).toBe(true)
    expect(Buffer.from(auth.creds.noiseKey.private)).toEqual(Buffer.from(before.noiseKey.private))
    expect(Buffer.from(auth.creds.signedPreKey.signature)).toEqual(Buffer.from(before.signedPreKey.signature))
    expect(auth.creds.account?.accountSignature).toEqual(Buffer.alloc(64, 9))
    expect(auth.creds.me).toEqual(before.me)
    expect(auth.creds.registrationId).toBe(before.registrationId)
  })

  it('are written in the order of the calls, each as it was at its call', async () => {
    for (let i = 1; i <= 20; i++) {
      auth.creds.nextPreKeyId = i
      auth.saveCreds()
    }
    auth.creds.nextPreKeyId = 999 // said to nobody
    await auth.flush()
    await reopen()
    expect(auth.creds.nextPreKeyId).toBe(20)
  })

  it('of one account are not seen by another', async () => {
    pair()
    auth.saveCreds()
    await auth.flush()
    expect((await loadAuth(sql, cipher, 'uae-2')).paired).toBe(false)
  })

  it('are unreadable in the file', async () => {
    pair()
    auth.saveCreds()
    await auth.flush()
    const [row] = await sql.query<{ value: Uint8Array }>('SELECT value FROM auth')
    expect(Buffer.from(row?.value ?? []).toString('latin1')).not.toMatch(/971500000001|noiseKey/)
  })

  it("that cannot be written reject nothing: the failure is the store's event", async () => {
    await sql.close()
    auth.saveCreds()
    auth.saveCreds()
    await expect(auth.flush()).resolves.toBeUndefined()
    await open()
  })
})

describe('a half-made pairing', () => {
  it('is thrown away: asking for a code had already written a name', async () => {
    auth.creds.me = { id: '971500000001@s.whatsapp.net' }
    auth.saveCreds()
    const key = auth.creds.noiseKey
    expect(await auth.discardHalfMade()).toBe(true)
    expect(auth.creds.me).toBeUndefined()
    expect(auth.creds.noiseKey).not.toEqual(key)
    expect(await names()).toEqual([])
    expect(await auth.discardHalfMade()).toBe(false)
  })

  it('a whole one never is', async () => {
    pair()
    auth.saveCreds()
    expect(await auth.discardHalfMade()).toBe(false)
    expect(auth.paired).toBe(true)
    await auth.flush()
    expect(await names()).toEqual(['creds'])
  })
})

describe('keys', () => {
  const session = Buffer.from([1, 2, 3, 255])
  const all: SignalDataSet = {
    session: { 'a.0': session, 'b.0': Buffer.from([4]) },
    'pre-key': { 7: { public: Buffer.alloc(32, 1), private: Buffer.alloc(32, 2) } },
    'lid-mapping': { 971500000002: '55' },
    'app-state-sync-key': {
      K: proto.Message.AppStateSyncKeyData.fromObject({ keyData: Buffer.alloc(32, 3), timestamp: 12 }),
    },
  }

  it('come back after a restart as they were', async () => {
    await auth.keys.set(all)
    await reopen()
    const sessions = await auth.keys.get('session', ['a.0', 'absent', 'b.0'])
    expect(sessions).toEqual({ 'a.0': session, 'b.0': Buffer.from([4]) })
    expect(await auth.keys.get('pre-key', ['7'])).toEqual(all['pre-key'])
    expect(await auth.keys.get('lid-mapping', ['971500000002'])).toEqual({ 971500000002: '55' })
    const { K } = await auth.keys.get('app-state-sync-key', ['K'])
    expect(Buffer.from(K?.keyData ?? [])).toEqual(Buffer.alloc(32, 3))
    expect(Number(K?.timestamp)).toBe(12)
  })

  it('set to null are gone, the others stay', async () => {
    await auth.keys.set(all)
    await auth.keys.set({ session: { 'a.0': null } })
    expect(await auth.keys.get('session', ['a.0', 'b.0'])).toEqual({ 'b.0': Buffer.from([4]) })
    expect(await names()).toHaveLength(4)
  })

  it('an unchanged name with another kind is another key', async () => {
    await auth.keys.set({ session: { x: session } })
    expect(await auth.keys.get('sender-key', ['x'])).toEqual({})
  })

  it('reset takes the credentials and every key, of this account only', async () => {
    await (await loadAuth(sql, cipher, 'uae-2')).keys.set(all)
    pair()
    auth.saveCreds()
    await auth.keys.set(all)
    await auth.reset()
    expect(auth.paired).toBe(false)
    expect(await names()).toEqual([])
    expect(await sql.query("SELECT 1 AS one FROM auth WHERE account = 'uae-2'")).toHaveLength(5)
  })
})
