// A message from an account: read by every simulated device it is for, in the ledger, then passed on, and only then acknowledged.
import { type BinaryNode, proto } from '@whiskeysockets/baileys'
import type { Connection } from '../wire/connection.ts'
import { bytes, child, children, lidJid, node, parseJid, phoneJid, seconds } from '../wire/nodes.ts'
import type { World } from '../world.ts'
import { askForResend, sendReceipts } from './contact-receipts.ts'

type Part = { phone: string; device: number; enc: BinaryNode }

export async function onMessage(world: World, connection: Connection, message: BinaryNode): Promise<void> {
  const account = world.accounts.linked(connection.account ?? '')
  if (!account) return
  const from = account.phone
  const id = message.attrs.id ?? ''
  const to = message.attrs.to ?? ''
  const recipient = phoneOf(world, message.attrs.recipient ?? to) ?? to
  const parts = partsOf(world, message)
  const texts: Record<string, string> = {}
  const failed: string[] = []
  for (const { phone, device, enc } of parts) {
    if (device !== 0) continue
    const text = await read(world, from, account.device, phone, enc)
    if (text === undefined) failed.push(phone)
    else texts[phone] = text
  }
  // A word to the own phone (a placeholder it should send again): nobody's message.
  if (message.attrs.category === 'peer') return acknowledge(world, connection, message, undefined)
  const first = !world.db.get('SELECT 1 FROM outbound WHERE account = ? AND id = ?', from, id)
  const asked =
    world.db.run('UPDATE outbound SET retry = 0 WHERE account = ? AND id = ? AND retry = 1', from, id) === 1
  const resend = asked || parts.some((part) => 'count' in part.enc.attrs)
  world.ledger.add({
    kind: 'message',
    conn: connection.id,
    account: from,
    id,
    to: recipient,
    texts,
    resend,
    failed,
  })
  const error = refusal(world, connection)
  if (error === undefined) {
    if (first || resend) {
      for (const part of parts) if (part.device !== 0) await forward(world, account, message, part, texts)
      if (recipient in texts && recipient !== from) await sendReceipts(world, from, id, recipient, to)
    }
    // Only now is the id known: killed before this, the server takes the client's next try for the first.
    world.db.run('INSERT OR IGNORE INTO outbound (account, id) VALUES (?, ?)', from, id)
    for (const phone of failed) await askForResend(world, account, id, phone, recipient, to)
  }
  acknowledge(world, connection, message, error)
}

function partsOf(world: World, message: BinaryNode): Part[] {
  const direct = child(message, 'enc')
  const listed = children(child(message, 'participants'), 'to').map((part) => ({
    jid: part.attrs.jid ?? '',
    enc: child(part, 'enc'),
  }))
  const parts = direct ? [{ jid: message.attrs.to ?? '', enc: direct }, ...listed] : listed
  return parts.flatMap(({ jid, enc }) => {
    const phone = phoneOf(world, jid)
    return enc && phone !== undefined ? [{ phone, device: parseJid(jid)?.device ?? 0, enc }] : []
  })
}

export function phoneOf(world: World, jid: string): string | undefined {
  const parsed = parseJid(jid)
  return parsed?.server === 'lid' ? world.people.byLid(parsed.user)?.phone : parsed?.user
}

async function read(
  world: World,
  from: string,
  device: number,
  owner: string,
  enc: BinaryNode,
): Promise<string | undefined> {
  const sender = lidJid(world.people.get(from).lid, device)
  const type = enc.attrs.type
  if (type !== 'pkmsg' && type !== 'msg') return undefined
  try {
    return textOf(await world.signal.decrypt(owner, sender, type, bytes(enc)))
  } catch {
    return undefined
  }
}

export function textOf(message: proto.IMessage): string {
  const inner = message.deviceSentMessage?.message ?? message
  const kind = Object.keys(proto.Message.toObject(proto.Message.fromObject(inner)))[0] ?? 'empty'
  return inner.conversation || (inner.extendedTextMessage?.text ?? `(${kind})`)
}

/** To another account's linked device, as it is: the server cannot read it. */
async function forward(
  world: World,
  from: { phone: string; device: number },
  message: BinaryNode,
  { phone, device, enc }: Part,
  texts: Record<string, string>,
): Promise<void> {
  if (world.accounts.linked(phone)?.device !== device || phone === from.phone) return
  const id = message.attrs.id ?? ''
  const text = texts[phone] ?? ''
  const isNew =
    world.db.run(
      'INSERT OR IGNORE INTO inbound (account, id, sender, text) VALUES (?, ?, ?, ?)',
      phone,
      id,
      '',
      text,
    ) === 1
  if (isNew) world.ledger.add({ kind: 'inbound', account: phone, id, from: from.phone, text })
  const identity = child(message, 'device-identity')
  const attrs = {
    from: phoneJid(from.phone, from.device),
    id,
    type: message.attrs.type ?? 'text',
    t: seconds(),
    notify: `Account ${from.phone.slice(-4)}`,
    sender_lid: lidJid(world.people.get(from.phone).lid, from.device),
  }
  const stanza = node('message', attrs, identity ? [enc, identity] : [enc])
  if (isNew) await world.hub.deliver(phone, stanza)
  else await world.hub.redeliver(phone, stanza)
}

function refusal(world: World, connection: Connection): number | undefined {
  const nack = world.faults.use('nack', connection)
  if (nack) return nack.code
  const timelock = world.faults.find('timelock', connection)
  return timelock && timelock.fault.nack !== false ? 463 : undefined
}

function acknowledge(
  world: World,
  connection: Connection,
  message: BinaryNode,
  error: number | undefined,
): void {
  const account = connection.account ?? ''
  const id = message.attrs.id ?? ''
  if (error === undefined && world.faults.use('withhold-acks', connection)) return
  const attrs = { class: 'message', id, from: message.attrs.to, t: seconds(), error: error?.toString() }
  const acknowledgeNow = () => {
    if (connection.closed) return
    world.ledger.add({ kind: 'acked', account, id, error: error ?? null })
    connection.send(node('ack', attrs))
  }
  const late = error === undefined ? world.faults.use('late-acks', connection) : undefined
  if (late) setTimeout(acknowledgeNow, late.ms).unref()
  else acknowledgeNow()
}
