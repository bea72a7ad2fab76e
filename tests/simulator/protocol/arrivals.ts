// What happens to a connection from the moment it is accepted: each of its nodes goes to the one handler for its tag.
import type { BinaryNode } from '@whiskeysockets/baileys'
import { meet } from '../faults/actions.ts'
import { Connection, type Handlers } from '../wire/connection.ts'
import type { Arrival } from '../wire/listener.ts'
import { node as build, seconds, server } from '../wire/nodes.ts'
import type { ServerIdentity } from '../wire/noise.ts'
import type { World } from '../world.ts'
import { answerIq } from './iq.ts'
import { login } from './login.ts'
import { onMessage } from './messages.ts'
import { onAck, onReceipt } from './receipts.ts'

export function arrivals(world: World, identity: ServerIdentity): (arrival: Arrival) => void {
  let last = world.ledger.lastConnection()
  const handlers: Handlers = {
    async hello(connection) {
      const slow = world.faults.use('slow-handshake', connection)
      if (slow) await new Promise((resolve) => setTimeout(resolve, slow.ms))
    },
    login: (connection, phone, device) => login(world, connection, phone, device),
    registration: (connection) => world.pairing.open(world, connection),
    node: (connection, node) => route(world, connection, node),
    closed(connection, by, why) {
      world.hub.left(connection)
      world.pairing.closed(connection)
      world.ledger.add({ kind: 'closed', conn: connection.id, account: connection.account, by, why })
      if (connection.stage === 'pairing') setTimeout(() => world.pairing.forget(connection), 600_000).unref()
    },
    problem(connection, error) {
      // Whoever fails at the handshake is no WhatsApp client: the ledger has it. Later it may be a mistake of ours.
      if (!connection.noise.established) return
      process.stderr.write(`simulator: connection ${connection.id}: ${(error as Error).stack ?? error}\n`)
    },
  }
  return (arrival) => {
    const connection = new Connection(++last, arrival, identity, handlers)
    world.hub.all.add(connection)
    world.ledger.add({ kind: 'connection', conn: connection.id })
    meet(world, connection, 'open')
  }
}

async function route(world: World, connection: Connection, node: BinaryNode): Promise<void> {
  const isPing = node.tag === 'iq' && node.attrs.xmlns === 'w:p'
  if (connection.limbo === 'silent' || (connection.limbo === 'pings' && !isPing)) return
  switch (node.tag) {
    case 'iq':
      return answerIq(world, connection, node)
    case 'message':
      return onMessage(world, connection, node)
    case 'receipt':
      return onReceipt(world, connection, node)
    case 'ack':
      return onAck(world, connection, node)
    case 'notification':
    case 'call':
      connection.send(build('ack', { class: node.tag, id: node.attrs.id, from: server, t: seconds() }))
  }
}
