// What only the library can handle is there until it has read it, whatever ends in between, or until nobody will repeat it.

import { addTransactionCapability, type BinaryNode, proto, type WAMessage } from '@whiskeysockets/baileys'
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { DecryptOnce } from '../../../../agent/session/baileys/decrypt-once.ts'
import { InboundReader } from '../../../../agent/session/baileys/inbound.ts'
import { signalRepositoryInTurns } from '../../../../agent/session/baileys/one-transaction.ts'
import { silentLogger } from '../../../../agent/session/baileys/silent-logger.ts'
import { Inbox } from '../../../../agent/session/inbox.ts'
import type { Handing, Inbound, SocketListener } from '../../../../agent/session/socket.ts'
import { hear } from '../../events/heard.ts'
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

const DAY_MS = 86_400_000

let at: AuthStage
let theirs: Repository
/** Texts that are in the store as inbound messages. */
let kept: (string | null)[]
beforeEach(async () => {
  at = await linked()
  kept = []
  theirs = await friendOf(at.auth.creds)
})

/** One connection of the account, as the adapter builds it, with an inbox behind it. */
function connect() {
  const { creds, decrypted } = at.auth
  const traps: string[] = []
  let live = true
  const inbox = new Inbox(
    hear().bus,
    { account: 'uae-1' },
    () => {},
    async (_, { text }) => kept.push(text) > 0,
  )
  const listener = {
    received: (message: Inbound, handing?: Handing) => inbox.take(message, handing),
    trap: (trap: string) => traps.push(trap),
  } as unknown as SocketListener
  const reader = new InboundReader(listener, decrypted)
  const once = new DecryptOnce(at.auth, {
    live: () => live,
    opened: () => {},
    unwritten: () => traps.push('unwritten'),
    usedUp: () => traps.push('key-used-up'),
  })
  const keys = addTransactionCapability(at.auth.keys, silentLogger, patience)
  const repository = once.guard(signalRepositoryInTurns(at.auth.turns)({ creds, keys }, silentLogger), keys)
  return {
    traps,
    repository,
    open: (node: BinaryNode, part = 0) => {
      once.heard(node)
      return decryptPart(repository, node, { at: part })
    },
    /** The library has handled it and hands it on. */
    handOn: (message: object) => reader.read(message as WAMessage, 'append'),
    /** It ends, and what the library was not told of is handed over. */
    drop: async () => {
      live = false
      reader.handOver()
      await decrypted.idle()
      await inbox.flush()
    },
  }
}

const rows = async () => (await at.sql.query('SELECT hash FROM decrypted')).length

const peer = {
  protocolMessage: { type: proto.Message.ProtocolMessage.Type.PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE },
}
async function fromOwnPhone() {
  const sealed = await theirs.encryptMessage({ jid: me, data: padded(peer) })
  return () => stanza({ id: 'P1', from: friend, category: 'peer' }, sealed)
}

it('what the phone tells its own devices: over a connection that ended and an orderly stop', async () => {
  const node = await fromOwnPhone()
  const first = connect()
  await first.open(node())
  await first.drop()
  await at.auth.flush()
  await at.reopen()
  const next = connect()
  expect(unpadded(await next.open(node())).protocolMessage).toBeTruthy()
  expect([next.traps, kept]).toEqual([[], []])
  // Read by the library it goes, as all else.
  next.handOn({ key: { id: 'P1', remoteJid: friend, fromMe: false }, message: peer })
  await at.auth.flush()
  expect(await rows()).toBe(0)
})

it('the key in a message of a group: two connections end around it, and the text is kept once', async () => {
  const all = { group, meId: friend, data: padded({ conversation: 'to all' }) }
  const { ciphertext, senderKeyDistributionMessage } = await theirs.encryptGroupMessage(all)
  const item = { groupId: group, axolotlSenderKeyDistributionMessage: senderKeyDistributionMessage }
  const key = await theirs.encryptMessage({ jid: me, data: padded({ senderKeyDistributionMessage: item }) })
  const node = () =>
    stanza({ id: 'G1', from: group, participant: friend }, key, { type: 'skmsg', ciphertext })
  const first = connect()
  await first.open(node())
  await first.drop()
  expect(kept).toEqual([])
  const second = connect()
  expect(unpadded(await second.open(node())).senderKeyDistributionMessage).toBeTruthy()
  await second.repository.processSenderKeyDistributionMessage({ authorJid: friend, item })
  expect(unpadded(await second.open(node(), 1)).conversation).toBe('to all')
  await second.drop()
  await connect().drop()
  expect(kept).toEqual(['to all'])
  expect([...first.traps, ...second.traps]).toEqual([])
  await at.auth.flush()
  expect(await rows()).toBe(0)
})

it.each([
  ['after 29 days it is still there', 29, 1],
  ['after 31 days nobody repeats it, and it goes', 31, 0],
])('%s', async (_, days, left) => {
  const node = await fromOwnPhone()
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - days * DAY_MS)
  onTestFinished(() => clock.mockRestore())
  await connect().open(node())
  clock.mockRestore()
  await at.reopen()
  await connect().drop()
  await at.auth.flush()
  expect(await rows()).toBe(left)
})
