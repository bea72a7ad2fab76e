// What an old connection still decrypts does not undo what the new one of the same account has sent meanwhile.

import { addTransactionCapability } from '@whiskeysockets/baileys'
import { expect, it } from 'vitest'
import { DecryptOnce } from '../../../../agent/session/baileys/decrypt-once.ts'
import { signalRepositoryInTurns } from '../../../../agent/session/baileys/one-transaction.ts'
import { silentLogger } from '../../../../agent/session/baileys/silent-logger.ts'
import { withoutGuessing } from '../../../../agent/session/baileys/unread.ts'
import { AuthStage } from '../auth-stage.ts'
import { decryptPart, friend, friendOf, me, padded, patience, stanza, unpadded } from './signal-stage.ts'

const lid = '55@lid'

it('a slow read of the old connection, a message through the new one: the friend reads all that was sent', async () => {
  const at = new AuthStage()
  await at.open()
  at.pair()
  const theirs = await friendOf(at.auth.creds)
  /** What the old connection waits for when it has read a session. */
  let slow: { reached(): void; answer: Promise<void> } | null = null

  const connect = (isOld: boolean) => {
    let live = true
    const over: string[] = []
    const once = new DecryptOnce(at.auth, {
      live: () => live,
      opened: () => {},
      unwritten: (error) => over.push((error as Error).message),
      usedUp: () => over.push('key used up'),
    })
    const own = at.auth.keys
    const { get } = own
    if (isOld)
      own.get = async (type, ids) => {
        const found = await get(type, ids)
        if (type !== 'session' || !slow) return found
        slow.reached()
        await slow.answer
        return found
      }
    const keys = addTransactionCapability(own, silentLogger, patience)
    const auth = { creds: at.auth.creds, keys }
    const inTurns = signalRepositoryInTurns(at.auth.turns)(auth, silentLogger)
    const repository = once.guard(
      withoutGuessing(inTurns, keys, () => over.push('unread')),
      keys,
    )
    return {
      over,
      repository,
      read: async (id: string) => {
        const sealed = await theirs.encryptMessage({ jid: me, data: padded({ conversation: id }) })
        const node = stanza({ id, from: friend }, sealed)
        once.heard(node)
        return unpadded(await decryptPart(repository, node, { jid: lid })).conversation
      },
      reply: (text: string) =>
        repository.encryptMessage({ jid: friend, data: padded({ conversation: text }) }),
      drop: () => {
        live = false
      },
    }
  }
  const heard = async ({ type, ciphertext }: { type: 'pkmsg' | 'msg'; ciphertext: Uint8Array }) =>
    unpadded(await theirs.decryptMessage({ jid: me, type, ciphertext })).conversation

  const old = connect(true)
  // Reading and writing have different names then, by which the library and libsignal lock.
  await old.repository.lidMapping.storeLIDPNMappings([{ lid, pn: friend }])
  expect(await old.read('M1')).toBe('M1')
  expect(await heard(await old.reply('R1'))).toBe('R1')
  expect(await old.read('M2')).toBe('M2')
  const reached = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  slow = { reached: reached.resolve, answer: answer.promise }
  const late = old.read('M3')
  await reached.promise
  slow = null
  old.drop()
  const next = connect(false)
  const reply = next.reply('R2')
  // Whoever is not held back is done long before the store has written so often.
  for (let i = 0; i < 50; i++) await at.auth.keys.set({ 'sender-key': { other: Uint8Array.of(i) } })
  answer.resolve()
  expect(await late).toBe('M3')
  expect(await heard(await reply)).toBe('R2')
  expect(await heard(await next.reply('R3'))).toBe('R3')
  expect([...old.over, ...next.over]).toEqual([])
})
