// What a fault does to a connection, at once when it is raised and again whenever a connection reaches the point it waits for.
import type { BinaryNode } from '@whiskeysockets/baileys'
import type { ActiveFault, Fault, FaultAnswer, FaultRequest } from '../types.ts'
import type { Connection } from '../wire/connection.ts'
import { node } from '../wire/nodes.ts'
import type { World } from '../world.ts'
import { matches } from './faults.ts'
import { announceTimelock } from './timelock.ts'

type Kind<K extends Fault['kind']> = Extract<Fault, { kind: K }>

export const streamError = (code: number | undefined, reason?: BinaryNode): BinaryNode =>
  node('stream:error', { code: code === undefined ? undefined : String(code) }, reason ? [reason] : undefined)

/** Kinds that do their work at once and are then over, unless they are asked to wait for more by forMs or count. */
const immediate = new Set<Fault['kind']>(['close', 'reset', 'logout', 'garbage'])

export type Door = { close(): void; open(): Promise<void> }

export function raise(
  world: World,
  door: Door,
  request: FaultRequest,
  name: string | null = null,
): FaultAnswer {
  const fault = world.faults.add(request, name)
  const { id } = fault
  const connections = [...world.hub.all].filter(
    (connection) => !connection.closed && matches(fault, connection),
  )
  let applied = connections.filter((connection) => strike(world, fault, connection)).length
  if (fault.fault.kind === 'refuse') {
    door.close()
    world.faults.onEnd(id, () => reopen(door))
    world.faults.applied(id, { account: null, stage: 'handshake' })
    applied = 1
  }
  // What waited is handed over then, as by a server that comes to its senses.
  if (fault.fault.kind === 'deaf')
    world.faults.onEnd(id, async () => {
      for (const phone of world.hub.online()) await world.hub.flush(phone)
    })
  const waits = request.forMs !== undefined || request.count !== undefined
  if (immediate.has(fault.fault.kind) && !waits) void world.faults.end(id)
  return { id, applied, active: world.faults.has(id) }
}

/** Somebody else may have taken the port meanwhile, and may give it back. */
async function reopen(door: Door): Promise<void> {
  for (;;) {
    const failed = await door.open().catch((error: Error) => error)
    if (!failed) return
    process.stderr.write(`simulator: cannot listen again: ${failed.message}\n`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** Applies the faults that wait for a connection at this point: `open` before anything is read, `known` when it says who it is. */
export function meet(world: World, connection: Connection, point: 'open' | 'known' | 'live'): void {
  const kinds = point === 'live' ? [...immediate, 'timelock' as const] : (['stall', 'half-open'] as const)
  for (const fault of world.faults.list()) {
    if (!kinds.includes(fault.fault.kind as never)) continue
    if (matches(fault, connection) && !world.faults.met(fault.id, connection.id))
      strike(world, fault, connection)
  }
}

/** Answers whether the fault had something to do here. */
function strike(world: World, { fault, id }: ActiveFault, connection: Connection): boolean {
  const current = world.faults.get(id)
  if (!current || current.remaining === 0 || connection.closing) return false
  const undo = affect(world, fault, connection)
  if (undo === undefined) return false
  world.faults.applied(id, connection, undo)
  return true
}

const nothing = () => undefined

/** Does it, and answers how to undo it; undefined when this connection is not concerned. */
function affect(world: World, fault: Fault, connection: Connection): (() => void) | undefined {
  switch (fault.kind) {
    case 'close':
      return close(connection, fault) ? nothing : undefined
    case 'reset':
      connection.reset('reset')
      return nothing
    case 'logout':
      return connection.live && unlink(world, connection.account ?? '', 'phone') ? nothing : undefined
    case 'garbage':
      if (!connection.noise.established) return undefined
      connection.sendGarbage(fault.desync ?? true)
      return nothing
    case 'stall':
      return connection.stall(fault.answersClose ?? true)
    case 'half-open':
      return connection.halfOpen()
    case 'timelock':
      return connection.live ? announceTimelock(connection, fault) : undefined
    default:
      return undefined
  }
}

function close(connection: Connection, { code, how }: Kind<'close'>): boolean {
  if (!connection.noise.established || connection.closing) return false
  const why = `close ${code}`
  if (code === 428) {
    if (how === 'fin') connection.fin(why)
    else connection.end('fault', why, how === 'ws' ? undefined : node('xmlstreamend'))
  } else if (code === 408) {
    // Nothing the server says is 408 to a session: silence is. A pairing socket gets it when its codes run out.
    if (connection.stage === 'pairing') connection.send(emptyRefs())
    else connection.stall(true)
  } else if (code === 440)
    connection.end('fault', why, streamError(undefined, node('conflict', { type: 'replaced' })))
  else if (code === 401)
    connection.end('fault', why, streamError(401, node('conflict', { type: 'device_removed' })))
  else connection.end('fault', why, streamError(code))
  return true
}

const emptyRefs = (): BinaryNode =>
  node('iq', { from: '@s.whatsapp.net', type: 'set', xmlns: 'md', id: `refs-${Date.now()}` }, [
    node('pair-device'),
  ])

/** From the phone: the device is told, and its later logins are refused. */
export function unlink(world: World, phone: string, by: 'phone' | 'client' | 'relink'): boolean {
  if (!world.accounts.linked(phone)) return false
  world.accounts.unlink(phone)
  world.ledger.add({ kind: 'unlinked', account: phone, by })
  const removed = streamError(401, node('conflict', { type: 'device_removed' }))
  const connection = world.hub.live(phone)
  if (by === 'client') connection?.end('server', 'logged out by the client')
  else connection?.end(by === 'phone' ? 'fault' : 'server', 'unlinked', removed)
  return true
}
