// Answers who exists, by which LID and with which devices; everybody does unless a contact was told not to.
import type { BinaryNode } from '@whiskeysockets/baileys'
import { bytes, child, children, lidJid, node, parseJid, phoneJid } from '../wire/nodes.ts'
import type { World } from '../world.ts'

export function answerUsync(world: World, iq: BinaryNode): BinaryNode[] | undefined {
  const usync = child(iq, 'usync')
  if (!usync) return undefined
  const protocols = new Set(children(child(usync, 'query')).map((protocol) => protocol.tag))
  const users = children(child(usync, 'list'), 'user').map((user) => answerUser(world, user, protocols))
  return [node('usync', usync.attrs, [node('result', {}), node('list', {}, users)])]
}

function answerUser(world: World, user: BinaryNode, protocols: Set<string>): BinaryNode {
  const asked = user.attrs.jid
  const parsed = parseJid(asked)
  const typed = bytes(child(user, 'contact')).toString().replace(/^\+/, '')
  const phone = parsed?.server === 'lid' ? world.people.byLid(parsed.user)?.phone : (parsed?.user ?? typed)
  const exists = phone !== undefined && /^\d{7,15}$/.test(phone) && world.people.contact(phone).exists
  const jid = asked ?? phoneJid(typed)
  if (!exists) {
    const nobody = [node('device-list', {}, [])]
    return node('user', { jid }, [
      ...(protocols.has('contact') ? [node('contact', { type: 'out' })] : []),
      ...(protocols.has('devices') ? [node('devices', {}, nobody)] : []),
    ])
  }
  const account = world.accounts.linked(phone)
  const devices = [
    node('device', { id: '0' }),
    ...(account ? [node('device', { id: String(account.device), 'key-index': String(account.device) })] : []),
  ]
  return node('user', { jid }, [
    ...(protocols.has('contact') ? [node('contact', { type: 'in' })] : []),
    ...(protocols.has('lid') ? [node('lid', { val: lidJid(world.people.get(phone).lid) })] : []),
    ...(protocols.has('devices') ? [node('devices', {}, [node('device-list', {}, devices)])] : []),
    ...(protocols.has('status') ? [node('status', {}, Buffer.from('At the simulator'))] : []),
  ])
}
