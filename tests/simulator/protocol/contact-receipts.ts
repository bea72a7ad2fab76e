// What a simulated contact sends back for a message: delivered and read receipts after its delay, or the request to send it again.
import type { Account } from '../state/accounts.ts'
import { bigEndian, bytes, node, phoneJid, seconds } from '../wire/nodes.ts'
import type { World } from '../world.ts'
import { bundleNodes } from './pre-keys.ts'

export async function sendReceipts(
  world: World,
  account: string,
  id: string,
  contact: string,
  address: string,
): Promise<void> {
  // A person with a linked device leaves the receipt to that device.
  if (world.accounts.linked(contact)) return
  const { receipts, receiptDelayMs } = world.people.contact(contact)
  if (receipts === 'none') return
  world.ledger.add({ kind: 'receipt-sent', account, id, status: receipts })
  const receipt = (type?: string) => node('receipt', { from: address, id, type, t: seconds() })
  await world.hub.deliver(account, receipt(), receiptDelayMs)
  if (receipts === 'read') await world.hub.deliver(account, receipt('read'), receiptDelayMs * 2 + 1)
}

/** A contact whose keys were spoiled repairs them with this: the receipt carries good ones. */
export async function askForResend(
  world: World,
  account: Account,
  id: string,
  owner: string,
  recipient: string,
  address: string,
): Promise<void> {
  if (world.people.contact(owner).deviceKeys === 'corrupt')
    world.people.setContact(owner, { deviceKeys: 'good' })
  world.db.run('UPDATE outbound SET retry = 1 WHERE account = ? AND id = ?', account.phone, id)
  world.ledger.add({ kind: 'receipt-sent', account: account.phone, id, status: 'retry' })
  const bundle = world.signal.bundle(owner)
  const [, type, identity, ...keys] = bundleNodes(bundle)
  const own = owner === account.phone
  const attrs = {
    from: own ? phoneJid(owner) : address,
    recipient: own ? phoneJid(recipient) : undefined,
    id,
    type: 'retry',
    t: seconds(),
  }
  const content = [
    node('retry', { count: '1', id, t: seconds(), v: '1' }),
    node('registration', {}, bigEndian(bundle.registrationId, 4)),
    node('keys', {}, [
      node('type', {}, type && bytes(type)),
      node('identity', {}, identity && bytes(identity)),
      ...keys,
    ]),
  ]
  await world.hub.deliver(account.phone, node('receipt', attrs, content))
}
