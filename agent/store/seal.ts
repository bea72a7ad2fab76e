// AES-256-GCM over one value: what was sealed for a place opens in that place or not at all.

import { type CipherKey, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { StoreError } from './sql.ts'

const NONCE = 12
const TAG = 16

/** Nonce, ciphertext and tag; it opens under the same key and `place` only. */
export function sealWith(key: CipherKey, place: string, plain: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(place))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** Throws StoreError when the key or the place is another, or a bit was changed. */
export function openWith(key: CipherKey, place: string, sealed: Uint8Array): Uint8Array {
  const bytes = Buffer.from(sealed)
  if (bytes.length < NONCE + TAG) throw new StoreError(`the value of ${place} is too short to be encrypted`)
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE))
  decipher.setAAD(Buffer.from(place))
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE, bytes.length - TAG)), decipher.final()])
  } catch (cause) {
    throw new StoreError(`${place} does not open: another master key wrote it, or it was changed`, { cause })
  }
}
