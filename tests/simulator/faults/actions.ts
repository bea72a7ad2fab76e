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
/** Kinds that change a connection until they end. */
const lasting = ['stall', 'half-open', 'timelock'] as const

export type Door = { close(): void; open(): Promise<void> }

export function raise(
  world: World,
  door: Door,
  request: FaultRequest,
  name: string | null = null,
): FaultAnswer {
  const fault = world.faults.add(request, name)
  if (fault.fault.kind === 'refuse') {
    door.close()
    world.faults.onEnd(fault.id, () => void door.open())
    world.faults.applied(fault.id, { account: null, stage: 'handshake' })
  }
  for (const connection of world.hub.all) {
    if (!connection.closed && matches(fault, connection)) strike(world, fault, connection)
  }
  const current = world.faults.get(fault.id) ?? fault
  const over = immediate.has(fault.fault.kind) && request.forMs === undefined && request.count === undefined
  if (over || current.remaining === 0) world.faults.end(fault.id)
  return { id: fault.id, applied: current.applied, active: world.faults.has(fault.id) }
}

/** Applies the faults that wait for a connection at this point: `open` before anything is read, `known` when it says who it is. */
export function meet(world: World, connection: Connection, point: 'open' | 'known' | 'live'): void {
  const kinds =
    point === 'live' ? [...immediate, 'timelock' as const] : lasting.filter((kind) => kind !== 'timelock')
  for (const fault of world.faults.list()) {
    if (!kinds.includes(fault.fault.kind as never) || fault.remaining === 0) continue
    if (matches(fault, connection) && !world.faults.met(fault.id, connection.id))
      strike(world, fault, connection)
  }
}

function strike(world: World, active: ActiveFault, connection: Connection): void {
  const { fault, id } = active
  if (world.faults.get(id)?.remaining === 0) return
  const applied = (undo?: () => void) => world.faults.applied(id, connection, undo)
  switch (fault.kind) {
    case 'close':
      if (close(connection, fault)) applied()
      break
    case 'reset':
      applied()
      connection.reset('reset')
      break
    case 'logout':
      if (connection.account === null) break
      applied()
      unlink(world, connection.account, 'phone')
      break
    case 'garbage':
      if (!connection.noise.established) break
      applied()
      connection.sendGarbage(fault.desync ?? true)
      break
    case 'stall':
      applied(connection.stall(fault.answersClose ?? true))
      break
    case 'half-open':
      applied(connection.halfOpen())
      break
    case 'timelock':
      if (!connection.live) break
      applied(announceTimelock(connection, fault))
      break
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
export function unlink(world: World, phone: string, by: 'phone' | 'client' | 'relink'): void {
  if (!world.accounts.linked(phone)) return
  world.accounts.unlink(phone)
  world.ledger.add({ kind: 'unlinked', account: phone, by })
  const removed = streamError(401, node('conflict', { type: 'device_removed' }))
  const connection = world.hub.live(phone)
  if (by === 'client') connection?.end('server', 'logged out by the client')
  else connection?.end(by === 'phone' ? 'fault' : 'server', 'unlinked', removed)
}
