// What a simulated contact writes: encrypted once, kept until the account's receipt, encrypted again when the account asks.
import { type BinaryNode, proto } from '@whiskeysockets/baileys'
import type { Account } from '../state/accounts.ts'
import { child, lidJid, node, phoneJid, seconds } from '../wire/nodes.ts'
import type { World } from '../world.ts'
import { bundleInReceipt, takeDeviceBundle } from './pre-keys.ts'

export type Inbound = {
  from: string
  to: string
  text: string
  id: string
  corrupt: boolean
  resends: boolean
}

const deviceOf = (world: World, account: Account): string =>
  lidJid(world.people.get(account.phone).lid, account.device)

export async function sendInbound(world: World, message: Inbound): Promise<void> {
  const account = world.accounts.linked(message.to)
  if (!account) throw new Error(`${message.to} is not a linked account`)
  const { id, from, to, text } = message
  const enc = await sealFor(world, from, account, proto.Message.create({ conversation: text }))
  if (message.corrupt) enc.content = spoil(enc.content as Uint8Array)
  world.db.transaction(() => {
    // Without a sender nobody is asked again, as with a message of another account.
    const sender = message.resends ? from : ''
    world.db.run('INSERT INTO inbound (account, id, sender, text) VALUES (?, ?, ?, ?)', to, id, sender, text)
    world.queue.add(to, stanza(world, from, id, enc), Date.now())
  })
  world.ledger.add({ kind: 'inbound', account: to, id, from, text })
  await world.hub.flush(to)
}

/** The account could not read it. With keys in the receipt a new session is begun, as a real sender does. */
export async function resendInbound(world: World, account: Account, receipt: BinaryNode): Promise<boolean> {
  const id = receipt.attrs.id ?? ''
  const row = world.db.get<{ sender: string; text: string }>(
    'SELECT sender, text FROM inbound WHERE account = ? AND id = ?',
    account.phone,
    id,
  )
  // An empty sender: it came from another account, which alone can send it again, or from somebody who does not.
  if (!row || row.sender === '') return false
  const bundle = bundleInReceipt(receipt)
  if (bundle) await world.signal.startSession(row.sender, deviceOf(world, account), bundle)
  const enc = await sealFor(world, row.sender, account, proto.Message.create({ conversation: row.text }))
  enc.attrs.count = child(receipt, 'retry')?.attrs.count ?? '1'
  await world.hub.redeliver(account.phone, stanza(world, row.sender, id, enc))
  return true
}

export async function sealFor(
  world: World,
  from: string,
  account: Account,
  message: proto.IMessage,
): Promise<BinaryNode> {
  const device = deviceOf(world, account)
  if (!(await world.signal.hasSession(from, device))) {
    const bundle = takeDeviceBundle(world, account.phone, account.device)
    if (!bundle) throw new Error(`${account.phone} has no device ${account.device}`)
    await world.signal.startSession(from, device, bundle)
  }
  const { type, ciphertext } = await world.signal.encrypt(from, device, message)
  return node('enc', { v: '2', type }, ciphertext)
}

function stanza(world: World, from: string, id: string, enc: BinaryNode): BinaryNode {
  const { lid } = world.people.get(from)
  const attrs = { from: phoneJid(from), id, type: 'text', t: seconds(), notify: `Contact ${from.slice(-4)}` }
  return node('message', { ...attrs, sender_lid: lidJid(lid) }, [enc])
}

/** Twelve bytes from the end is in the sealed part of either kind of message: it parses, and cannot be read. */
function spoil(ciphertext: Uint8Array): Buffer {
  const spoiled = Buffer.from(ciphertext)
  spoiled[spoiled.length - 12] = (spoiled.at(-12) as number) ^ 0xff
  return spoiled
}
