// A login is believed by its noise key, and an account has one connection: the newer replaces the older.
import { meet, streamError } from '../faults/actions.ts'
import type { Connection } from '../wire/connection.ts'
import { lidJid, node, seconds } from '../wire/nodes.ts'
import type { World } from '../world.ts'

export async function login(
  world: World,
  connection: Connection,
  phone: string,
  device: number,
): Promise<void> {
  connection.account = phone
  world.ledger.add({ kind: 'login', conn: connection.id, account: phone })
  meet(world, connection, 'known')
  const account = world.accounts.linked(phone)
  const known = account?.device === device && account.noiseKey.equals(connection.noiseKey)
  if (!known) return reject(world, connection, phone, 401)
  const failure = world.faults.use('failure', connection)
  if (failure) return reject(world, connection, phone, failure.reason)
  const limbo = world.faults.use('no-success', connection)
  if (limbo) {
    connection.limbo = limbo.answersPings ? 'pings' : 'silent'
    return
  }
  welcome(world, connection, phone, device)
  const silent = world.faults.use('no-offline', connection)
  const count = await world.hub.flush(phone, true)
  if (!silent) connection.send(node('ib', {}, [node('offline', { count: String(count) })]))
  meet(world, connection, 'live')
}

function reject(world: World, connection: Connection, phone: string, reason: number): void {
  world.ledger.add({ kind: 'rejected', conn: connection.id, account: phone, reason })
  connection.end('server', `failure ${reason}`, node('failure', { reason: String(reason), location: 'sim' }))
}

function welcome(world: World, connection: Connection, phone: string, device: number): void {
  const older = world.hub.live(phone)
  const stale = older?.stale ?? false
  world.ledger.add({
    kind: 'success',
    conn: connection.id,
    account: phone,
    replaces: older?.id ?? null,
    stale,
  })
  // One that hears nothing is left hanging, as a real one would be; whoever serves the account is told that it is replaced.
  if (older && !stale)
    older.end('server', 'replaced', streamError(undefined, node('conflict', { type: 'replaced' })))
  world.hub.arrived(phone, connection)
  const { lid } = world.people.get(phone)
  connection.send(node('success', { t: seconds(), lid: lidJid(lid, device), creation: '1600000000' }))
}
