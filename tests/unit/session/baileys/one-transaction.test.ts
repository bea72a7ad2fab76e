// Two changes of one row, under two names of the library's lock, are both kept; without the cure one of them is lost.

import { setTimeout as sleep } from 'node:timers/promises'
import {
  addTransactionCapability,
  initAuthCreds,
  type SignalDataSet,
  type SignalKeyStore,
  type SignalKeyStoreWithTransaction,
} from '@whiskeysockets/baileys'
import { expect, it } from 'vitest'
import { signalRepositoryInTurns } from '../../../../agent/session/baileys/one-transaction.ts'
import { silentLogger } from '../../../../agent/session/baileys/silent-logger.ts'
import { Turns } from '../../../../agent/store/turns.ts'

/** A store that takes its time, as a database does. */
function slowStore(): SignalKeyStore {
  const rows = new Map<string, Uint8Array>()
  return {
    async get(type, ids) {
      await sleep(2)
      return Object.fromEntries(
        ids.flatMap((id) => (rows.has(`${type}/${id}`) ? [[id, rows.get(`${type}/${id}`)]] : [])),
      ) as never
    },
    async set(data: SignalDataSet) {
      await sleep(2)
      for (const [type, byId] of Object.entries(data))
        for (const [id, value] of Object.entries(byId ?? {})) rows.set(`${type}/${id}`, value as Uint8Array)
    },
  }
}

/** As sending and receiving do: read the session, step it, write it, each under its own name, and the later half through `others`. */
async function countAbreast(
  keys: SignalKeyStoreWithTransaction,
  times: number,
  others = keys,
): Promise<number> {
  const read = async (by = keys): Promise<number> => (await by.get('session', ['peer'])).peer?.[0] ?? 0
  const step = async (by: SignalKeyStoreWithTransaction): Promise<void> => {
    const n = await read(by)
    await by.set({ session: { peer: Uint8Array.of(n + 1) } })
  }
  const names = ['971500000001:1@s.whatsapp.net', '537454556588869@lid']
  const all = Array.from({ length: times }, (_, i) => {
    const by = i < times / 2 ? keys : others
    return by.transaction(() => step(by), names[i % 2] ?? '')
  })
  await Promise.all(all)
  return read()
}

const made = (store = slowStore()) =>
  addTransactionCapability(store, silentLogger, { maxCommitRetries: 1, delayBetweenTriesMs: 1 })

it('the library alone loses changes', async () => {
  expect(await countAbreast(made(), 20)).toBeLessThan(20)
})

it('in turns none is lost, and a transaction within a transaction does not wait for itself', async () => {
  const keys = made()
  signalRepositoryInTurns(new Turns())({ creds: initAuthCreds(), keys }, silentLogger)
  expect(await countAbreast(keys, 20)).toBe(20)
  const inner = keys.transaction(() => keys.transaction(async () => 'inner', 'b'), 'a')
  expect(await inner).toBe('inner')
})

it('two connections of an account have its turns in common, those of two accounts do not wait for each other', async () => {
  const store = slowStore()
  const connection = (turns: Turns) => {
    const keys = made(store)
    signalRepositoryInTurns(turns)({ creds: initAuthCreds(), keys }, silentLogger)
    return keys
  }
  const turns = new Turns()
  expect(await countAbreast(connection(turns), 20, connection(turns))).toBe(20)
  const held = Promise.withResolvers<void>()
  const first = connection(turns).transaction(() => held.promise, 'a')
  expect(await connection(new Turns()).transaction(async () => 'at once', 'a')).toBe('at once')
  held.resolve()
  await first
})

it('what is written is in the store before the transaction is over: the frame leaves in between', async () => {
  const store = slowStore()
  const keys = addTransactionCapability(store, silentLogger, { maxCommitRetries: 1, delayBetweenTriesMs: 1 })
  const row = async () => (await store.get('session', ['peer'])).peer?.[0]
  const write = () => keys.set({ session: { peer: Uint8Array.of(7) } })
  let seen: number | undefined
  const send = async (): Promise<void> => {
    await write()
    seen = await row()
  }
  await keys.transaction(send, 'a')
  expect(seen).toBeUndefined()
  signalRepositoryInTurns(new Turns())({ creds: initAuthCreds(), keys }, silentLogger)
  await store.set({ session: { peer: Uint8Array.of(0) } })
  await keys.transaction(send, 'a')
  expect(seen).toBe(7)
})

it('what goes on after its transaction takes a turn of its own, and a failure is nothing to the next', async () => {
  const keys = made()
  signalRepositoryInTurns(new Turns())({ creds: initAuthCreds(), keys }, silentLogger)
  let later: Promise<string> | undefined
  await keys.transaction(async () => {
    later = sleep(5).then(() => keys.transaction(async () => 'later', 'b'))
  }, 'a')
  await expect(keys.transaction(() => Promise.reject(new Error('no')), 'a')).rejects.toThrow('no')
  expect(await later).toBe('later')
  expect(await keys.transaction(async () => 'next', 'a')).toBe('next')
})
