// The reach-out time-lock: the account stays connected and is told, and asking again gives the same answer while it lasts.
import { type BinaryNode, QueryIds } from '@whiskeysockets/baileys'
import type { Fault } from '../types.ts'
import type { Connection } from '../wire/connection.ts'
import { bytes, child, node, seconds, server } from '../wire/nodes.ts'
import type { World } from '../world.ts'

type Timelock = Extract<Fault, { kind: 'timelock' }>

const ends = new WeakMap<Timelock, number>()

function state(fault: Timelock | undefined) {
  if (!fault) return { is_active: false, time_enforcement_ends: '0', enforcement_type: 'DEFAULT' }
  const end = ends.get(fault) ?? Math.floor(Date.now() / 1000) + (fault.seconds ?? 3600)
  ends.set(fault, end)
  return {
    is_active: true,
    time_enforcement_ends: String(end),
    enforcement_type: fault.enforcement ?? 'WEB_COMPANION_ONLY',
  }
}

function notification(fault: Timelock | undefined): BinaryNode {
  const data = { data: { xwa2_notify_account_reachout_timelock: state(fault) } }
  const update = node(
    'update',
    { op_name: 'NotificationUserReachoutTimelockUpdate' },
    Buffer.from(JSON.stringify(data)),
  )
  const id = `timelock-${Date.now()}-${Math.random().toString(36).slice(2, 8)}`
  return node('notification', { from: server, type: 'mex', id, t: seconds() }, [update])
}

export function announceTimelock(connection: Connection, fault: Timelock): () => void {
  connection.send(notification(fault))
  return () => connection.send(notification(undefined))
}

/** Answers w:mex queries: only the one Baileys has for the time-lock is known. */
export function answerMex(world: World, connection: Connection, iq: BinaryNode): BinaryNode[] | undefined {
  const query = child(iq, 'query')
  if (query?.attrs.query_id !== QueryIds.REACHOUT_TIMELOCK || bytes(query).length === 0) return undefined
  const fault = world.faults.find('timelock', connection)?.fault
  const data = { data: { xwa2_fetch_account_reachout_timelock: state(fault) } }
  return [node('result', {}, Buffer.from(JSON.stringify(data)))]
}
