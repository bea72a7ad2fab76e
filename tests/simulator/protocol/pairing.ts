// Linking a device: which codes are valid when, and the exchange of signatures after a phone has agreed.
import { createHmac, randomBytes } from 'node:crypto'
import { type BinaryNode, proto } from '@whiskeysockets/baileys'
import { meet, streamError, unlink } from '../faults/actions.ts'
import type { ScanOutcome } from '../types.ts'
import type { Connection, Registration } from '../wire/connection.ts'
import { sign } from '../wire/curve.ts'
import { child, lidJid, node, phoneJid, seconds, server } from '../wire/nodes.ts'
import type { World } from '../world.ts'

const qrPrefix = 'https://wa.me/settings/linked_devices#'
const refsPerSocket = 6

type Ref = { connection: Connection; validUntil: number }
type Wait = { id: string; settle: (linked: boolean) => void }
type LinkOutcome = 'linked' | 'passkey' | 'refused'

export class PairingDesk {
  readonly #refs = new Map<string, Ref>()
  readonly #waits = new Map<Connection, Wait>()
  #last = 0

  async open(world: World, connection: Connection): Promise<void> {
    world.ledger.add({ kind: 'registration', conn: connection.id })
    meet(world, connection, 'known')
    const started = Date.now()
    const refs = Array.from({ length: refsPerSocket }, () => `2@${randomBytes(48).toString('base64')}`)
    for (const [index, ref] of refs.entries()) {
      const validUntil = started + world.refFirstMs + index * world.refNextMs + world.refGraceMs
      this.#refs.set(ref, { connection, validUntil })
    }
    world.ledger.add({ kind: 'refs', conn: connection.id, refs: refs.length })
    const nodes = refs.map((ref) => node('ref', {}, Buffer.from(ref)))
    const attrs = { from: server, type: 'set', xmlns: 'md', id: this.#id() }
    connection.send(node('iq', attrs, [node('pair-device', {}, nodes)]))
    meet(world, connection, 'live')
    const over = world.refFirstMs + (refsPerSocket - 1) * world.refNextMs + 5000
    setTimeout(() => connection.end('server', 'nobody scanned'), over).unref()
  }

  /** The pairing socket a QR text came from, while it lives. */
  socketOf(code: string): Connection | undefined {
    return this.#refs.get(refOf(code))?.connection
  }

  async scan(world: World, phone: string, code: string): Promise<ScanOutcome> {
    const ref = this.#refs.get(refOf(code))
    const [, noiseKey, , secret] = code.replace(qrPrefix, '').split(',')
    if (!ref || secret === undefined) return 'unknown'
    const { connection, validUntil } = ref
    if (connection.closed || connection.closing || Date.now() > validUntil) return 'expired'
    if (noiseKey !== connection.noiseKey.toString('base64')) return 'unknown'
    return this.link(world, connection, phone, Buffer.from(secret, 'base64'), 'qr')
  }

  async link(
    world: World,
    connection: Connection,
    phone: string,
    secret: Buffer,
    method: 'qr' | 'code',
  ): Promise<LinkOutcome> {
    const keys = connection.registration
    if (!keys || this.#waits.has(connection)) return 'refused'
    if (world.people.phone(phone).passkey || world.faults.use('passkey', connection)) {
      connection.send(passkeyDemand(this.#id()))
      return 'passkey'
    }
    if (!(await this.#agree(world, connection, phone, secret, keys))) return 'refused'
    unlink(world, phone, 'relink')
    world.accounts.link(phone, connection.noiseKey, keys, false)
    world.ledger.add({ kind: 'linked', account: phone, conn: connection.id, method })
    connection.end('server', 'restart after linking', streamError(515))
    return 'linked'
  }

  /** A result or an error for something the server has asked. */
  answered(connection: Connection, iq: BinaryNode): void {
    const wait = this.#waits.get(connection)
    if (wait && wait.id === iq.attrs.id) wait.settle(child(iq, 'pair-device-sign') !== undefined)
  }

  closed(connection: Connection): void {
    this.#waits.get(connection)?.settle(false)
  }

  /** Codes stay known for a while after their socket is gone, so that a late scan is told that it is late. */
  forget(connection: Connection): void {
    for (const [ref, owner] of this.#refs) if (owner.connection === connection) this.#refs.delete(ref)
  }

  #id(): string {
    return `pair-${++this.#last}`
  }

  /** Resolves true when the device has signed for the link. */
  async #agree(
    world: World,
    connection: Connection,
    phone: string,
    secret: Buffer,
    keys: Registration,
  ): Promise<boolean> {
    const device = world.accounts.nextDevice(phone)
    const id = this.#id()
    const { lid } = world.people.get(phone)
    const attrs = { from: server, type: 'set', id, t: seconds() }
    const content = [
      node('device-identity', {}, deviceIdentity(world, phone, device, keys.identity, secret)),
      node('device', { jid: phoneJid(phone, device), lid: lidJid(lid, device) }),
      node('platform', { name: 'android' }),
    ]
    const agreed = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), 10_000)
      const settle = (linked: boolean) => {
        clearTimeout(timer)
        resolve(linked)
      }
      this.#waits.set(connection, { id, settle })
    })
    connection.send(node('iq', attrs, [node('pair-success', {}, content)]))
    return agreed.finally(() => this.#waits.delete(connection))
  }
}

const refOf = (code: string): string => code.replace(qrPrefix, '').split(',')[0] ?? ''

function deviceIdentity(
  world: World,
  phone: string,
  device: number,
  identity: Buffer,
  secret: Buffer,
): Uint8Array {
  const details = proto.ADVSignedDeviceIdentity.encode(
    signedIdentity(world, phone, device, identity),
  ).finish()
  const hmac = createHmac('sha256', secret).update(details).digest()
  return proto.ADVSignedDeviceIdentityHMAC.encode({ details, hmac, accountType: 0 }).finish()
}

/** The phone vouches for the device's identity key. */
export function signedIdentity(
  world: World,
  phone: string,
  device: number,
  identity: Buffer,
): proto.IADVSignedDeviceIdentity {
  const { keys } = world.people.get(phone)
  const timestamp = Number(seconds())
  const details = proto.ADVDeviceIdentity.encode({
    rawId: keys.registrationId,
    timestamp,
    keyIndex: device,
    accountType: 0,
    deviceType: 0,
  }).finish()
  const signed = Buffer.concat([Buffer.from([6, 0]), details, identity])
  return {
    details,
    accountSignatureKey: keys.identity.public,
    accountSignature: sign(keys.identity.private, signed),
  }
}

function passkeyDemand(id: string): BinaryNode {
  const options = {
    challenge: randomBytes(32).toString('base64url'),
    rpId: 'whatsapp.com',
    userVerification: 'required',
  }
  const request = node(
    'passkey_request_options',
    {},
    Buffer.from(JSON.stringify({ ...options, timeout: 600_000 })),
  )
  return node('notification', { from: server, type: 'passkey_prologue_request', id, t: seconds() }, [request])
}
