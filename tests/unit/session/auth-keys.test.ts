// Signal keys survive a restart byte for byte, go when they are taken away, and belong to one account.

import { proto, type SignalDataSet } from '@whiskeysockets/baileys'
import { beforeEach, describe, expect, it } from 'vitest'
import { AuthStage } from './auth-stage.ts'

let at: AuthStage
beforeEach(async () => {
  at = new AuthStage()
  await at.open()
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
    await at.auth.keys.set(all)
    await at.reopen()
    const sessions = await at.auth.keys.get('session', ['a.0', 'absent', 'b.0'])
    expect(sessions).toEqual({ 'a.0': session, 'b.0': Buffer.from([4]) })
    expect(await at.auth.keys.get('pre-key', ['7'])).toEqual(all['pre-key'])
    expect(await at.auth.keys.get('lid-mapping', ['971500000002'])).toEqual({ 971500000002: '55' })
    const { K } = await at.auth.keys.get('app-state-sync-key', ['K'])
    expect(Buffer.from(K?.keyData ?? [])).toEqual(Buffer.alloc(32, 3))
    expect(Number(K?.timestamp)).toBe(12)
  })

  it('set to null are gone, the others stay', async () => {
    await at.auth.keys.set(all)
    await at.auth.keys.set({ session: { 'a.0': null } })
    expect(await at.auth.keys.get('session', ['a.0', 'b.0'])).toEqual({ 'b.0': Buffer.from([4]) })
    expect(await at.names()).toHaveLength(4)
  })

  it('an unchanged name with another kind is another key', async () => {
    await at.auth.keys.set({ session: { x: session } })
    expect(await at.auth.keys.get('sender-key', ['x'])).toEqual({})
  })

  it('reset takes the credentials and every key, of this account only', async () => {
    await (await at.of('uae-2')).keys.set(all)
    at.pair()
    at.auth.saveCreds()
    await at.auth.keys.set(all)
    await at.auth.reset()
    expect(at.auth.paired).toBe(false)
    expect(await at.names()).toEqual([])
    expect(await at.sql.query("SELECT 1 AS one FROM auth WHERE account = 'uae-2'")).toHaveLength(5)
  })
})
