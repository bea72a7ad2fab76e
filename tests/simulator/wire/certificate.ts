// The server's Noise certificate: root signs intermediate signs leaf, so that a strict client can verify it by the root key.
import { proto, WA_CERT_DETAILS } from '@whiskeysockets/baileys'
import { generateKeyPair, type KeyPair, sign } from './curve.ts'

export type ServerKeys = { root: KeyPair; intermediate: KeyPair; noise: KeyPair }

export const newServerKeys = (): ServerKeys => ({
  root: generateKeyPair(),
  intermediate: generateKeyPair(),
  noise: generateKeyPair(),
})

export function certificateChain(keys: ServerKeys): Uint8Array {
  const { Details } = proto.CertChain.NoiseCertificate
  const issued = (serial: number, issuerSerial: number, key: Uint8Array, issuer: Uint8Array) => {
    const details = Details.encode({ serial, issuerSerial, key }).finish()
    return { details, signature: sign(issuer, details) }
  }
  return proto.CertChain.encode({
    intermediate: issued(1, WA_CERT_DETAILS.SERIAL, keys.intermediate.public, keys.root.private),
    leaf: issued(2, 1, keys.noise.public, keys.intermediate.private),
  }).finish()
}
