// Linking with an 8-character code: the phone's half of the exchange, in which a wrong code shows only at the phone.
import { createCipheriv, createDecipheriv, hkdfSync, pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { BinaryNode } from '@whiskeysockets/baileys'
import type { EnterOutcome } from '../types.ts'
import type { Connection } from '../wire/connection.ts'
import { agree, generateKeyPair, type KeyPair, privateKey } from '../wire/curve.ts'
import { bytes, child, node, parseJid, seconds, server } from '../wire/nodes.ts'
import type { World } from '../world.ts'

const derive = promisify(pbkdf2)
const keyFrom = (code: string, salt: Uint8Array) => derive(code, salt, 2 << 16, 32, 'sha256')

type Request = { phone: string; wrapped: Buffer; ref: Buffer }
type Exchange = { ephemeral: KeyPair; companion: Buffer; settle: (secret: Buffer | undefined) => void }

const requests = new WeakMap<Connection, Request>()
const exchanges = new WeakMap<Connection, Exchange>()

export function answerPairingCode(
  world: World,
  connection: Connection,
  iq: BinaryNode,
): BinaryNode[] | undefined {
  const reg = child(iq, 'link_code_companion_reg')
  if (reg?.attrs.stage === 'companion_hello') {
    const phone = parseJid(reg.attrs.jid)?.user ?? ''
    const ref = randomBytes(16)
    const wrapped = bytes(child(reg, 'link_code_pairing_wrapped_companion_ephemeral_pub'))
    requests.set(connection, { phone, wrapped, ref })
    const answer = node('link_code_pairing_ref', {}, ref)
    return [node('link_code_companion_reg', { stage: 'companion_hello' }, [answer])]
  }
  if (reg?.attrs.stage === 'companion_finish') {
    const request = requests.get(connection)
    if (request) finish(world, connection, request, reg)
    return []
  }
  return undefined
}

export async function enterCode(world: World, phone: string, code: string): Promise<EnterOutcome> {
  const connection = waiting(world, phone)
  const outcome = connection ? await exchange(world, connection, phone, code) : 'no-request'
  world.ledger.add({ kind: 'code-entered', phone, conn: connection?.id ?? null, outcome })
  return outcome
}

/** The newest socket that asked to be linked to this phone. */
function waiting(world: World, phone: string): Connection | undefined {
  const asking = [...world.hub.all].filter((connection) => requests.get(connection)?.phone === phone)
  return asking.filter((connection) => !connection.closed && !connection.closing).at(-1)
}

async function exchange(
  world: World,
  connection: Connection,
  phone: string,
  code: string,
): Promise<EnterOutcome> {
  const { wrapped, ref } = requests.get(connection) as Request
  const unwrap = createDecipheriv(
    'aes-256-ctr',
    await keyFrom(code, wrapped.subarray(0, 32)),
    wrapped.subarray(32, 48),
  )
  const companion = unwrap.update(wrapped.subarray(48, 80))
  const ephemeral = generateKeyPair()
  const salt = randomBytes(32)
  const iv = randomBytes(16)
  const sealed = createCipheriv('aes-256-ctr', await keyFrom(code, salt), iv).update(ephemeral.public)
  const content = [
    node('link_code_pairing_wrapped_primary_ephemeral_pub', {}, Buffer.concat([salt, iv, sealed])),
    node('primary_identity_pub', {}, world.people.get(phone).keys.identity.public),
    node('link_code_pairing_ref', {}, ref),
  ]
  const secret = await new Promise<Buffer | undefined>((settle) => {
    exchanges.set(connection, { ephemeral, companion, settle })
    setTimeout(() => settle(undefined), 10_000).unref()
    const attrs = { from: server, type: 'link_code_companion_reg', id: `code-${Date.now()}`, t: seconds() }
    const reg = node('link_code_companion_reg', { stage: 'primary_hello' }, content)
    connection.send(node('notification', attrs, [reg]))
  })
  if (!secret) return 'wrong-code'
  return world.pairing.link(world, connection, phone, secret, 'code')
}

/** Opens what the companion sent. With a wrong code both sides have different secrets and the seal does not open. */
function finish(world: World, connection: Connection, request: Request, reg: BinaryNode): void {
  const exchange = exchanges.get(connection)
  if (!exchange) return
  const bundle = bytes(child(reg, 'link_code_pairing_wrapped_key_bundle'))
  const companionIdentity = bytes(child(reg, 'companion_identity_public'))
  const { identity } = world.people.get(request.phone).keys
  try {
    const shared = agree(privateKey(exchange.ephemeral.private), exchange.companion)
    const info = 'link_code_pairing_key_bundle_encryption_key'
    const key = Buffer.from(hkdfSync('sha256', shared, bundle.subarray(0, 32), info, 32))
    const open = createDecipheriv('aes-256-gcm', key, bundle.subarray(32, 44))
    open.setAuthTag(bundle.subarray(bundle.length - 16))
    const plain = Buffer.concat([open.update(bundle.subarray(44, bundle.length - 16)), open.final()])
    const both = agree(privateKey(identity.private), companionIdentity)
    const material = Buffer.concat([shared, both, plain.subarray(64, 96)])
    exchange.settle(Buffer.from(hkdfSync('sha256', material, '', 'adv_secret', 32)))
  } catch {
    exchange.settle(undefined)
  }
}
