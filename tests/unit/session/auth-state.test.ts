// What the library believes written is in the file, comes back as it was, and paired credentials are never thrown away.

import { beforeEach, describe, expect, it } from 'vitest'
import { AuthStage } from './auth-stage.ts'

let at: AuthStage
beforeEach(async () => {
  at = new AuthStage()
  await at.open()
})

describe('credentials', () => {
  it('new ones are made but not written before something happens to them', async () => {
    expect(at.auth.creds.noiseKey.public).toHaveLength(32)
    expect(at.auth.paired).toBe(false)
    expect(await at.names()).toEqual([])
  })

  it('come back after a restart as they were, bytes as bytes', async () => {
    at.pair()
    at.auth.saveCreds()
    await at.auth.flush()
    const before = at.auth.creds
    await at.reopen()
    expect(at.auth.paired).toBe(true)
    expect(Buffer.from(at.auth.creds.noiseKey.private)).toEqual(Buffer.from(before.noiseKey.private))
    expect(Buffer.from(at.auth.creds.signedPreKey.signature)).toEqual(
      Buffer.from(before.signedPreKey.signature),
    )
    expect(at.auth.creds.account?.accountSignature).toEqual(Buffer.alloc(64, 9))
    expect(at.auth.creds.me).toEqual(before.me)
    expect(at.auth.creds.registrationId).toBe(before.registrationId)
  })

  it('are written as they are last, however often they are saved meanwhile', async () => {
    for (let i = 1; i <= 20; i++) {
      at.auth.creds.nextPreKeyId = i
      at.auth.saveCreds()
      if (i % 5 === 0) await at.auth.flush()
    }
    await at.auth.flush()
    await at.reopen()
    expect(at.auth.creds.nextPreKeyId).toBe(20)
  })

  it('of one account are not seen by another', async () => {
    at.pair()
    at.auth.saveCreds()
    await at.auth.flush()
    expect((await at.of('uae-2')).paired).toBe(false)
  })

  it('are unreadable in the file', async () => {
    at.pair()
    at.auth.saveCreds()
    await at.auth.flush()
    const [row] = await at.sql.query<{ value: Uint8Array }>('SELECT value FROM auth')
    expect(Buffer.from(row?.value ?? []).toString('latin1')).not.toMatch(/971500000001|noiseKey/)
  })

  it("that cannot be written reject nothing: the failure is the store's event", async () => {
    await at.sql.close()
    at.auth.saveCreds()
    at.auth.saveCreds()
    await expect(at.auth.flush()).resolves.toBeUndefined()
    await at.open()
  })
})

describe('a half-made pairing', () => {
  it('is thrown away: asking for a code had already written a name', async () => {
    at.auth.creds.me = { id: '971500000001@s.whatsapp.net' }
    at.auth.saveCreds()
    const key = at.auth.creds.noiseKey
    expect(await at.auth.discardHalfMade()).toBe(true)
    expect(at.auth.creds.me).toBeUndefined()
    expect(at.auth.creds.noiseKey).not.toEqual(key)
    expect(await at.names()).toEqual([])
    expect(await at.auth.discardHalfMade()).toBe(false)
  })

  it('a whole one never is', async () => {
    at.pair()
    at.auth.saveCreds()
    expect(await at.auth.discardHalfMade()).toBe(false)
    expect(at.auth.paired).toBe(true)
    await at.auth.flush()
    expect(await at.names()).toEqual(['creds'])
  })
})
