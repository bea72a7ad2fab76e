// Key bundles in both directions: what accounts upload, what is handed out of it, and the notice when it runs low.
import type { BinaryNode } from '@whiskeysockets/baileys'
import type { Bundle } from '../people/signal.ts'
import type { Connection } from '../wire/connection.ts'
import { bigEndian, bytes, child, children, node, number, parseJid, seconds, server } from '../wire/nodes.ts'
import type { World } from '../world.ts'

/** Below this the server asks for more, and Baileys (MIN_PREKEY_COUNT) is ready to send some. */
const low = 5

export function answerEncrypt(
  world: World,
  connection: Connection,
  iq: BinaryNode,
): BinaryNode[] | undefined {
  const phone = connection.account ?? ''
  const [first] = children(iq)
  switch (first?.tag) {
    case 'count':
      return [node('count', { value: String(world.accounts.preKeys(phone)) })]
    case 'digest':
      return [node('digest', {})]
    case 'rotate':
      world.accounts.upload(phone, [], signedPreKey(child(first, 'skey')))
      return []
    case 'key':
      return [
        node(
          'list',
          {},
          children(first, 'user').map((user) => bundleOf(world, user.attrs.jid ?? '')),
        ),
      ]
    case 'registration':
      return upload(world, phone, iq)
    default:
      return undefined
  }
}

function upload(world: World, phone: string, iq: BinaryNode): BinaryNode[] {
  const keys = children(child(iq, 'list'), 'key').map((key) => ({
    id: number(child(key, 'id')),
    public: bytes(child(key, 'value')),
  }))
  world.accounts.upload(phone, keys, signedPreKey(child(iq, 'skey')))
  world.ledger.add({
    kind: 'pre-keys',
    account: phone,
    count: keys.length,
    total: world.accounts.preKeys(phone),
  })
  return []
}

const signedPreKey = (key: BinaryNode | undefined) =>
  key && {
    id: number(child(key, 'id')),
    public: bytes(child(key, 'value')),
    signature: bytes(child(key, 'signature')),
  }

export function checkPreKeys(world: World, phone: string): void {
  const connection = world.hub.live(phone)
  const count = world.accounts.preKeys(phone)
  if (!connection || count >= low) return
  const attrs = { from: server, type: 'encrypt', id: `keys-${phone}-${Date.now()}`, t: seconds() }
  connection.send(node('notification', attrs, [node('count', { value: String(count) })]))
}

/** The bundle of a linked account's device, one pre-key less than before; undefined when there is no such device. */
export function takeDeviceBundle(world: World, phone: string, device: number): Bundle | undefined {
  const account = world.accounts.linked(phone)
  if (!account || account.device !== device) return undefined
  const preKey = world.accounts.takePreKey(phone)
  checkPreKeys(world, phone)
  return {
    registrationId: account.registrationId,
    identity: account.identity,
    signedPreKey: account.signedPreKey,
    preKey,
  }
}

function bundleOf(world: World, jid: string): BinaryNode {
  const parsed = parseJid(jid)
  const phone = parsed?.server === 'lid' ? world.people.byLid(parsed.user)?.phone : parsed?.user
  const bundle = phone === undefined ? undefined : personOrDevice(world, phone, parsed?.device ?? 0)
  if (!bundle) return node('user', { jid }, [node('error', { code: '404', text: 'item-not-found' })])
  return node('user', { jid, t: seconds() }, bundleNodes(bundle))
}

function personOrDevice(world: World, phone: string, device: number): Bundle | undefined {
  if (device !== 0) return takeDeviceBundle(world, phone, device)
  const { deviceKeys, exists } = world.people.contact(phone)
  if (!exists || deviceKeys === 'none') return undefined
  return deviceKeys === 'corrupt' ? world.signal.corruptBundle(phone) : world.signal.bundle(phone)
}

export function bundleNodes(bundle: Bundle): BinaryNode[] {
  const { signedPreKey: signed, preKey } = bundle
  return [
    node('registration', {}, bigEndian(bundle.registrationId, 4)),
    node('type', {}, Buffer.from([5])),
    node('identity', {}, bundle.identity),
    ...keyNodes(signed, preKey),
  ]
}

function keyNodes(signed: Bundle['signedPreKey'], preKey: Bundle['preKey']): BinaryNode[] {
  const skey = node('skey', {}, [
    node('id', {}, bigEndian(signed.id, 3)),
    node('value', {}, signed.public),
    node('signature', {}, signed.signature),
  ])
  if (!preKey) return [skey]
  return [skey, node('key', {}, [node('id', {}, bigEndian(preKey.id, 3)), node('value', {}, preKey.public)])]
}

/** The bundle a device sends along with a retry receipt, if it does. */
export function bundleInReceipt(receipt: BinaryNode): Bundle | undefined {
  const keys = child(receipt, 'keys')
  const signed = signedPreKey(child(keys, 'skey'))
  const preKey = child(keys, 'key')
  if (!keys || !signed) return undefined
  return {
    registrationId: number(child(receipt, 'registration')),
    identity: bytes(child(keys, 'identity')),
    signedPreKey: signed,
    preKey: preKey && { id: number(child(preKey, 'id')), public: bytes(child(preKey, 'value')) },
  }
}
