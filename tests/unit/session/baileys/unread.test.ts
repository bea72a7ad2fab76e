// A store that fails to answer for a moment costs no session: neither when somebody begins another one, nor when we do.

import { addTransactionCapability, DEFAULT_CONNECTION_CONFIG, initAuthCreds } from '@whiskeysockets/baileys'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { Bus } from '../../../../agent/events.ts'
import { loadAuth } from '../../../../agent/session/auth-state.ts'
import { contain } from '../../../../agent/session/baileys/containment.ts'
import { signalRepositoryInTurns } from '../../../../agent/session/baileys/one-transaction.ts'
import { silentLogger } from '../../../../agent/session/baileys/silent-logger.ts'
import { withoutGuessing } from '../../../../agent/session/baileys/unread.ts'
import { StoreError } from '../../../../agent/store/sql.ts'
import { Turns } from '../../../../agent/store/turns.ts'
import { AuthStage } from '../auth-stage.ts'
import { bundle, friend, me, memory, patience } from './signal-stage.ts'

type Creds = ReturnType<typeof initAuthCreds>

let at: AuthStage
let away = false
let friends: Creds
let theirs: ReturnType<typeof DEFAULT_CONNECTION_CONFIG.makeSignalRepository>
let told: unknown[]

beforeEach(async () => {
  at = new AuthStage()
  away = false
  told = []
  await at.open()
  // The library prints keys.
  onTestFinished(contain({ printed: () => {}, rejected: () => {}, fatal: () => {} }))
  friends = initAuthCreds()
  const keys = addTransactionCapability(memory(), silentLogger, patience)
  theirs = DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds: friends, keys }, silentLogger)
  // One session is there.
  await (await connect('guarded')).decryptMessage({ jid: friend, ...(await begins('hello')) })
  expect(await sessions()).toHaveLength(1)
})

/** A connection of a process that remembers nothing, over a store that is away for sessions whenever it is said to be. */
async function connect(kind: 'bare' | 'guarded') {
  const { sql } = at
  const query = sql.query.bind(sql)
  sql.query = async (statement, params = []) => {
    if (away && params.some((param) => String(param).startsWith('session:')))
      throw new StoreError('the store is away')
    return query(statement, params)
  }
  const { creds } = at.auth
  at.auth = await at.of('uae-1')
  at.auth.creds = creds
  const keys = addTransactionCapability(at.auth.keys, silentLogger, patience)
  const repository = signalRepositoryInTurns(new Turns())({ creds, keys }, silentLogger)
  return kind === 'bare' ? repository : withoutGuessing(repository, keys, (error) => told.push(error))
}

/** Somebody begins a session anew. */
async function begins(text: string) {
  await theirs.injectE2ESession({ jid: me, session: bundle(at.auth.creds) })
  return goesOn(text)
}

async function goesOn(text: string) {
  const { type, ciphertext } = await theirs.encryptMessage({ jid: me, data: Buffer.from(text) })
  return { type, ciphertext }
}

/** The sessions with the friend that are in the store, past everything that is remembered. */
async function sessions(): Promise<string[]> {
  const { sql, cipher } = at
  const [owner] = await sql.query<{ epoch: number }>('SELECT epoch FROM ownership')
  const { keys } = await loadAuth({
    sql,
    cipher,
    bus: new Bus('node-1'),
    account: 'uae-1',
    epoch: owner?.epoch ?? 0,
  })
  const name = '447946000001.0'
  const { [name]: record } = await keys.get('session', [name])
  return Object.keys((record as unknown as { _sessions: object } | undefined)?._sessions ?? {})
}

const ways: [string, (mine: typeof theirs) => Promise<unknown>][] = [
  ['somebody begins', async (mine) => mine.decryptMessage({ jid: friend, ...(await begins('again')) })],
  ['we begin', (mine) => mine.injectE2ESession({ jid: friend, session: bundle(friends) })],
]

it.each(ways)('the library alone: %s, and the session that was there is gone', async (_, begin) => {
  const before = await sessions()
  const mine = await connect('bare')
  away = true
  await begin(mine)
  away = false
  expect(await sessions()).not.toEqual(expect.arrayContaining(before))
})

it.each(ways)('%s: refused, and when the store is back both sessions are there', async (_, begin) => {
  const before = await sessions()
  const mine = await connect('guarded')
  away = true
  await expect(begin(mine)).rejects.toThrow(StoreError)
  away = false
  expect(await sessions()).toEqual(before)
  await begin(mine)
  expect(await sessions()).toEqual(expect.arrayContaining(before))
  expect(await sessions()).toHaveLength(2)
})

it('a message that could not be read for want of the store is not called unreadable', async () => {
  const mine = await connect('guarded')
  const letter = { jid: friend, ...(await goesOn('on')) }
  away = true
  await expect(mine.decryptMessage(letter)).rejects.toThrow(StoreError)
  expect(told).toEqual([expect.any(StoreError)])
  away = false
  expect(Buffer.from(await mine.decryptMessage(letter)).toString()).toBe('on')
  expect(told).toHaveLength(1)
})

it('one that is unreadable is, and the store is not blamed', async () => {
  const mine = await connect('guarded')
  const { type, ciphertext } = await goesOn('on')
  const letter = { jid: friend, type, ciphertext: Buffer.from(ciphertext).fill(7, 40, 60) }
  await expect(mine.decryptMessage(letter)).rejects.not.toThrow(StoreError)
  expect(told).toEqual([])
})
