// X25519 and XEd25519 done natively where Node can, because the pure-JS signatures cost 19 ms each.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  verify as verifyNative,
} from 'node:crypto'
import { encodePoint, invert, isNegative, mod, multiplyBase, order, prime } from './edwards.ts'

export type KeyPair = { private: Buffer; public: Buffer }

const privatePrefix = Buffer.from('302e020100300506032b656e04220420', 'hex')
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex')
const edwardsPrefix = Buffer.from('302a300506032b6570032100', 'hex')

export const privateKey = (raw: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([privatePrefix, raw]), format: 'der', type: 'pkcs8' })

export const publicKey = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([publicPrefix, raw]), format: 'der', type: 'spki' })

export function generateKeyPair(): KeyPair {
  const pair = generateKeyPairSync('x25519', {
    publicKeyEncoding: { format: 'der', type: 'spki' },
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  })
  return {
    private: Buffer.from(pair.privateKey.subarray(privatePrefix.length)),
    public: Buffer.from(pair.publicKey.subarray(publicPrefix.length)),
  }
}

export const agree = (ours: KeyObject, theirs: Uint8Array): Buffer =>
  diffieHellman({ privateKey: ours, publicKey: publicKey(theirs) })

const fromLittleEndian = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)

const toLittleEndian = (value: bigint): Buffer =>
  Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse()

const hashToScalar = (...parts: Uint8Array[]): bigint => {
  const hash = createHash('sha512')
  for (const part of parts) hash.update(part)
  return mod(fromLittleEndian(hash.digest()), order)
}

/** XEdDSA as Signal specifies it: the Edwards key always has sign bit 0. */
export function sign(privateBytes: Uint8Array, message: Uint8Array): Buffer {
  const clamped = Buffer.from(privateBytes)
  clamped[0] = (clamped[0] as number) & 248
  clamped[31] = ((clamped[31] as number) & 127) | 64
  let scalar = mod(fromLittleEndian(clamped), order)
  const point = multiplyBase(scalar)
  if (isNegative(point)) scalar = order - scalar
  const edwardsKey = encodePoint(point)
  edwardsKey[31] = (edwardsKey[31] as number) & 127
  const prefix = Buffer.alloc(32, 0xff)
  prefix[0] = 0xfe
  const r = hashToScalar(prefix, toLittleEndian(scalar), message, randomBytes(64))
  const commitment = encodePoint(multiplyBase(r))
  const challenge = hashToScalar(commitment, edwardsKey, message)
  return Buffer.concat([commitment, toLittleEndian(mod(r + challenge * scalar, order))])
}

/** A verification that can say no, unlike the one in Baileys 7.0.0-rc14. */
export function verify(publicBytes: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicBytes.length !== 32 || signature.length !== 64) return false
  const u = mod(fromLittleEndian(publicBytes) & ((1n << 255n) - 1n), prime)
  const edwards = toLittleEndian(mod((u - 1n) * invert(u + 1n), prime))
  const plain = Buffer.from(signature)
  edwards[31] = (edwards[31] as number) | ((plain[63] as number) & 128)
  plain[63] = (plain[63] as number) & 127
  const key = createPublicKey({ key: Buffer.concat([edwardsPrefix, edwards]), format: 'der', type: 'spki' })
  return verifyNative(null, message, key, plain)
}
