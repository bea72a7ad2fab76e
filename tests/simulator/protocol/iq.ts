// Answers every iq, so that a client never waits for a time-out that no fault asked for.
import type { BinaryNode } from '@whiskeysockets/baileys'
import { unlink } from '../faults/actions.ts'
import { answerMex } from '../faults/timelock.ts'
import type { Connection } from '../wire/connection.ts'
import { child, children, node, parseJid, server } from '../wire/nodes.ts'
import type { World } from '../world.ts'
import { sendHistory } from './history.ts'
import { answerPairingCode } from './pairing-code.ts'
import { answerEncrypt } from './pre-keys.ts'
import { answerUsync } from './usync.ts'

type Answer = BinaryNode[] | undefined
type Handler = (world: World, connection: Connection, iq: BinaryNode) => Answer | Promise<Answer>

const handlers: Record<string, Handler> = {
  encrypt: answerEncrypt,
  usync: (world, _connection, iq) => answerUsync(world, iq),
  'w:p': () => [],
  passive: (world, connection) => {
    // The history is for a device that has uploaded its keys, which it has when it goes active.
    sendHistory(world, connection).catch((error) => process.stderr.write(`simulator: history: ${error}\n`))
    return []
  },
  abt: () => [node('props', {}, [])],
  blocklist: () => [node('list', {}, [])],
  privacy: (_world, _connection, iq) =>
    iq.attrs.type === 'set' ? [] : [node('privacy', {}, privacySettings())],
  'w:mex': answerMex,
  'w:stats': () => [],
  'urn:xmpp:whatsapp:dirty': () => [],
  'w:sync:app:state': (_world, _connection, iq) => [node('sync', {}, collections(iq))],
  'w:profile:picture': () => undefined,
  md: (world, connection, iq) => {
    if (!child(iq, 'remove-companion-device')) return answerPairingCode(world, connection, iq)
    const phone = parseJid(child(iq, 'remove-companion-device')?.attrs.jid)?.user
    if (phone === connection.account && phone !== undefined) unlink(world, phone, 'client')
    return []
  },
}

export async function answerIq(world: World, connection: Connection, iq: BinaryNode): Promise<void> {
  const xmlns = iq.attrs.xmlns ?? ''
  if (iq.attrs.type === 'result' || iq.attrs.type === 'error') {
    world.pairing.answered(connection, iq)
    return
  }
  if (isSilenced(world, connection, xmlns)) return
  const content = await handlers[xmlns]?.(world, connection, iq)
  const attrs = { from: server, id: iq.attrs.id, type: content ? 'result' : 'error' }
  const refusal = [node('error', { code: '501', text: 'feature-not-implemented' })]
  connection.send(node('iq', attrs, content ?? refusal))
}

function isSilenced(world: World, connection: Connection, xmlns: string): boolean {
  if (xmlns === 'w:p') return world.faults.use('drop-pongs', connection) !== undefined
  const silent = world.faults.find('silent-iq', connection)
  if (!silent || (silent.fault.xmlns !== undefined && silent.fault.xmlns !== xmlns)) return false
  world.faults.applied(silent.id, connection)
  return true
}

const collections = (iq: BinaryNode): BinaryNode[] =>
  children(child(iq, 'sync'), 'collection').map(({ attrs }) =>
    node('collection', { name: attrs.name, version: attrs.version ?? '0' }),
  )

const privacySettings = (): BinaryNode[] =>
  ['readreceipts', 'last', 'online', 'profile', 'status', 'groupadd'].map((name) =>
    node('category', { name, value: 'all' }),
  )
