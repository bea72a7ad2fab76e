// The certificate check that Baileys 7.0.0-rc14 lacks: its Curve.verify answers true whatever it is given.

import { createPublicKey, verify } from 'node:crypto'
import { Curve, proto, WA_CERT_DETAILS } from '@whiskeysockets/baileys'

const P = 2n ** 255n - 19n
// SubjectPublicKeyInfo header of an Ed25519 key (RFC 8410), before the 32 bytes of the key.
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * Verifies an XEd25519 signature (Signal, "The XEdDSA and VXEdDSA Signature Schemes", section 2.3):
 * the Montgomery key u becomes the Edwards y = (u-1)/(u+1), its sign travels in the signature's last bit.
 * @param publicKey 32 bytes, or 33 with the type byte 5
 * @returns false for anything that is not a valid signature, malformed input included
 */
export function verifyXEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const u = publicKey.length === 33 && publicKey[0] === 5 ? publicKey.subarray(1) : publicKey
  if (u.length !== 32 || signature.length !== 64) return false
  // A key has one form only: the scheme refuses any other spelling of it, the unused top bit included.
  if (fromLittleEndian(u) >= P) return false
  const lastByte = signature[63] as number
  const sign = lastByte & 0x80
  const edwards = toLittleEndian(edwardsY(fromLittleEndian(u)))
  edwards[31] = (edwards[31] as number) | sign
  const plain = Buffer.from(signature)
  plain[63] = lastByte & 0x7f
  try {
    const key = createPublicKey({ key: Buffer.concat([ED25519_SPKI, edwards]), format: 'der', type: 'spki' })
    return verify(null, message, key, plain)
  } catch {
    return false
  }
}

function edwardsY(u: bigint): bigint {
  return mod((u - 1n) * power(mod(u + 1n), P - 2n))
}

function mod(n: bigint): bigint {
  const r = n % P
  return r < 0n ? r + P : r
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b)) if (e & 1n) result = mod(result * b)
  return result
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
}

function toLittleEndian(n: bigint): Buffer {
  return Buffer.from(n.toString(16).padStart(64, '0'), 'hex').reverse()
}

export interface CertificateCheck {
  mode: 'warn' | 'strict'
  /** 32 bytes; null keeps WhatsApp's own. */
  rootKey: Uint8Array | null
  /** Called for every signature that does not hold. */
  onUntrusted(): void
}

/**
 * Puts the real check into the library's exported `Curve` and `WA_CERT_DETAILS`, for the whole process; answers the
 * function that takes it out again. In `warn` mode what does not hold is reported and accepted.
 *
 * The library also never compares the certified key with the key that the server uses, so that a recorded chain of the
 * real server would do for an impostor. Within one handshake it calls, with nothing in between: sharedKey(static key),
 * verify(leaf), verify(intermediate, by the root). The third call is where all is known.
 */
export function installCertificateCheck(check: CertificateCheck): () => void {
  const original = { verify: Curve.verify, sharedKey: Curve.sharedKey, root: WA_CERT_DETAILS.PUBLIC_KEY }
  let usedKey: Uint8Array | null = null
  let leaf: Uint8Array | null = null
  if (check.rootKey) WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(check.rootKey)
  Curve.sharedKey = (privateKey, publicKey) => {
    usedKey = publicKey
    return original.sharedKey(privateKey, publicKey)
  }
  Curve.verify = (publicKey, message, signature) => {
    const byRoot = publicKey === WA_CERT_DETAILS.PUBLIC_KEY
    const holds = verifyXEd25519(publicKey, message, signature) && (!byRoot || certifies(leaf, usedKey))
    leaf = message
    if (holds) return true
    check.onUntrusted()
    return check.mode === 'warn'
  }
  return () => {
    Curve.verify = original.verify
    Curve.sharedKey = original.sharedKey
    WA_CERT_DETAILS.PUBLIC_KEY = original.root
  }
}

/** Whether the leaf certificate speaks of this key. */
function certifies(leaf: Uint8Array | null, key: Uint8Array | null): boolean {
  if (!leaf || !key) return false
  try {
    const { key: certified } = proto.CertChain.NoiseCertificate.Details.decode(leaf)
    return certified != null && Buffer.compare(Buffer.from(certified), Buffer.from(key)) === 0
  } catch {
    return false
  }
}
