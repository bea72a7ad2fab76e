// Receipts and acks from an account: what they confirm leaves the queue, what they ask for is sent again.
import type { BinaryNode } from '@whiskeysockets/baileys'
import { receiptKey } from '../state/queue.ts'
import type { Connection } from '../wire/connection.ts'
import { child, children, lidJid, node, parseJid, phoneJid, seconds } from '../wire/nodes.ts'
import type { World } from '../world.ts'
import { resendInbound } from './inbound.ts'
import { phoneOf } from './messages.ts'

export async function onReceipt(world: World, connection: Connection, receipt: BinaryNode): Promise<void> {
  const account = world.accounts.linked(connection.account ?? '')
  if (!account) return
  const { id = '', to = '', type = '' } = receipt.attrs
  const more = children(child(receipt, 'list'), 'item').map((item) => item.attrs.id ?? '')
  connection.send(node('ack', { class: 'receipt', id, from: to, type: type || undefined, t: seconds() }))
  for (const one of [id, ...more]) {
    world.ledger.add({ kind: 'inbound-receipt', account: account.phone, id: one, type })
    if (type !== 'retry') world.queue.done(account.phone, 'message', one)
  }
  if (type === 'retry' && (await resendInbound(world, account, receipt))) return
  await forward(world, account, receipt, [id, ...more])
}

/** To the account that sent the message, when it was one. */
async function forward(
  world: World,
  from: { phone: string; device: number },
  receipt: BinaryNode,
  ids: string[],
): Promise<void> {
  const { to = '', type } = receipt.attrs
  const sender = phoneOf(world, to)
  if (sender === undefined || sender === from.phone || !world.accounts.linked(sender)) return
  const forwarded = type === 'inactive' ? undefined : type
  for (const id of ids) {
    if (!world.db.get('SELECT 1 FROM outbound WHERE account = ? AND id = ?', sender, id)) continue
    if (forwarded === 'retry') {
      world.db.run('UPDATE outbound SET retry = 1 WHERE account = ? AND id = ?', sender, id)
    }
    // A resend is for the one device that asked, anything else comes from the chat.
    const device = forwarded === 'retry' ? from.device : 0
    const byLid = parseJid(to)?.server === 'lid'
    const address = byLid ? lidJid(world.people.get(from.phone).lid, device) : phoneJid(from.phone, device)
    const attrs = { from: address, id, type: forwarded, t: seconds() }
    await world.hub.deliver(
      sender,
      node('receipt', attrs, forwarded === 'retry' ? receipt.content : undefined),
    )
  }
}

/** An ack with error 500 says that a retry receipt was sent: the message is still owed. */
export function onAck(world: World, connection: Connection, ack: BinaryNode): void {
  const { class: kind, id, error } = ack.attrs
  if (connection.account === null || kind === undefined || id === undefined) return
  if (kind === 'message') {
    if (error === '500') return
    world.ledger.add({
      kind: 'inbound-receipt',
      account: connection.account,
      id,
      type: `ack ${error ?? ''}`.trim(),
    })
  }
  world.queue.done(connection.account, kind, kind === 'receipt' ? receiptKey(ack.attrs) : id)
}
