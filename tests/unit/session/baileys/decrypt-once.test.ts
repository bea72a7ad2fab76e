// A message can be decrypted again after its connection or its process ended, by nobody else's bytes, and what was read is handed on once.

import { addTransactionCapability, type BinaryNode, DEFAULT_CONNECTION_CONFIG } from '@whiskeysockets/baileys'
import { beforeEach, expect, it } from 'vitest'
import { DecryptOnce } from '../../../../agent/session/baileys/decrypt-once.ts'
import { InboundReader } from '../../../../agent/session/baileys/inbound.ts'
import { signalRepositoryInTurns } from '../../../../agent/session/baileys/one-transaction.ts'
import { silentLogger } from '../../../../agent/session/baileys/silent-logger.ts'
import type { Handing, Inbound, SocketListener } from '../../../../agent/session/socket.ts'
import type { AuthStage } from '../auth-stage.ts'
import {
  decryptPart,
  friend,
  friendOf,
  group,
  linked,
  me,
  padded,
  patience,
  type Repository,
  stanza,
  unpadded,
} from './signal-stage.ts'

let at: AuthStage
let theirs: Repository
beforeEach(async () => {
  at = await linked()
  theirs = await friendOf(at.auth.creds)
})

/** One connection of the account, as the adapter builds it. */
function connect() {
  const said: unknown[][] = []
  const received: Inbound[] = []
  const handings: (Handing | undefined)[] = []
  let live = true
  const once = new DecryptOnce(at.auth, {
    live: () => live,
    opened: () => said.push(['opened']),
    unwritten: (error) => said.push(['unwritten', (error as Error).name]),
    usedUp: (id) => said.push(['used up', id]),
  })
  const keys = addTransactionCapability(at.auth.keys, silentLogger, patience)
  const auth = { creds: at.auth.creds, keys }
  const repository = once.guard(signalRepositoryInTurns(at.auth.turns)(auth, silentLogger), keys)
  const listener = {
    received: (message: Inbound, handing?: Handing) => {
      received.push(message)
      handings.push(handing)
    },
    trap: (...words: unknown[]) => said.push(words),
  } as unknown as SocketListener
  const reader = new InboundReader(listener, at.auth.decrypted)
  const open = (node: BinaryNode): Promise<Uint8Array> => {
    once.heard(node)
    return decryptPart(repository, node)
  }
  /** What it hands over of its own accord. */
  const handedOver = async (): Promise<Inbound[]> => {
    reader.handOver()
    // Nobody keeps anything here, so the reader's patience is not waited for.
    await at.auth.decrypted.untold()
    await new Promise((resolve) => setImmediate(resolve))
    return received
  }
  return { open, said, handings, handedOver, repository, drop: () => (live = false) }
}

async function write(text: string, id: string) {
  const { type, ciphertext } = await theirs.encryptMessage({ jid: me, data: padded({ conversation: text }) })
  return (from = friend) => stanza({ id, from }, { type, ciphertext })
}

const rows = () => at.sql.query<{ hash: string }>('SELECT hash FROM decrypted')
const textOf = (plain: Uint8Array) => unpadded(plain).conversation

it('the library alone cannot read a message twice', async () => {
  const mine = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(
    { creds: at.auth.creds, keys: addTransactionCapability(at.auth.keys, silentLogger, patience) },
    silentLogger,
  )
  const [part] = (await write('hello', 'M1'))().content as BinaryNode[]
  const what = { jid: friend, type: 'pkmsg' as const, ciphertext: part?.content as Uint8Array }
  await mine.decryptMessage(what)
  await expect(mine.decryptMessage(what)).rejects.toThrow('Key used already')
})

it('a repeat is answered by the next connection, and by the next process', async () => {
  const node = await write('hello', 'M1')
  expect(textOf(await connect().open(node()))).toBe('hello')
  const next = connect()
  expect(textOf(await next.open(node()))).toBe('hello')
  await at.reopen()
  expect(textOf(await connect().open(node()))).toBe('hello')
  // It stands in the store once, and not in clear.
  const [row, ...others] = await at.sql.query<{ value: Uint8Array }>('SELECT value FROM decrypted')
  expect(others).toEqual([])
  expect(Buffer.from(row?.value ?? []).includes('hello')).toBe(false)
  // The ratchet goes on from there.
  expect(textOf(await connect().open((await write('again', 'M2'))()))).toBe('again')
})

it('a message of a group likewise, with the key that another part of it brings', async () => {
  const { ciphertext, senderKeyDistributionMessage } = await theirs.encryptGroupMessage({
    group,
    meId: friend,
    data: padded({ conversation: 'to all' }),
  })
  const item = { groupId: group, axolotlSenderKeyDistributionMessage: senderKeyDistributionMessage }
  const first = connect()
  await first.repository.processSenderKeyDistributionMessage({ authorJid: friend, item })
  const node = () => stanza({ id: 'G1', from: group, participant: friend }, { type: 'skmsg', ciphertext })
  await first.open(node())
  await at.reopen()
  const next = connect()
  expect(textOf(await next.open(node()))).toBe('to all')
  expect(await next.handedOver()).toMatchObject([{ messageId: 'G1', text: 'to all', kind: 'text' }])
})

it('what nobody was told of is handed over once, and is forgotten when it is kept', async () => {
  await connect().open((await write('hello', 'M1'))())
  await at.reopen()
  const { handedOver, handings } = connect()
  const expected = {
    messageId: 'M1',
    from: '447946000001',
    text: 'hello',
    atMs: 1_700_000_000_000,
    offline: true,
  }
  expect(await handedOver()).toMatchObject([expected])
  expect(await handedOver()).toHaveLength(1)
  expect(await rows()).toHaveLength(1)
  handings[0]?.kept(true)
  // A server that has not seen the receipt may still repeat it: only an orderly end forgets at once.
  expect(await rows()).toHaveLength(1)
  await at.auth.flush()
  expect(await rows()).toEqual([])
  await at.reopen()
  expect(await connect().handedOver()).toEqual([])
})

it('bytes that come again under another name are not answered', async () => {
  const node = await write('hello', 'M1')
  const { open, said } = connect()
  await open(node())
  await expect(open(node('447946000009@s.whatsapp.net'))).rejects.toThrow('Key used already')
  expect(said).toContainEqual(['used up', 'M1'])
})

it('the key that began a session goes with it, in one transaction', async () => {
  await connect().open((await write('hello', 'M1'))())
  const before = await at.names()
  expect(before.some((name) => name.startsWith('session:'))).toBe(true)
  await at.sql.query('DELETE FROM decrypted')
  await at.sql.query(
    "CREATE TRIGGER full BEFORE INSERT ON decrypted BEGIN SELECT RAISE(ABORT, 'no room'); END",
  )
  await at.sql.query('SELECT 1 AS one')
  const node = await write('not yet', 'M2')
  const broken = connect()
  await expect(broken.open(node())).rejects.toThrow()
  expect(broken.said).toEqual([['unwritten', 'StoreError']])
  // Nothing moved: what could not be written can be read when it is repeated.
  await at.sql.query('DROP TRIGGER full')
  expect(textOf(await connect().open(node()))).toBe('not yet')
})

it('a connection that is over decrypts nothing more', async () => {
  const { open, drop } = connect()
  drop()
  await expect(open((await write('hello', 'M1'))())).rejects.toThrow('the connection is over')
  expect(await rows()).toEqual([])
})
