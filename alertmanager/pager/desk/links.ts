// A link acknowledges one page and says so by its signature: nobody makes one up, and nothing about the page can be read from it.

import { createHmac, timingSafeEqual } from 'node:crypto'

/** 96 bits: short enough for an SMS, and nobody guesses it over HTTP. */
const SIGNATURE_BYTES = 12
const form = /^([A-Za-z0-9_-]{12})\.([A-Za-z0-9_-]{16})$/

function signatureOf(key: Buffer, code: string): Buffer {
  return createHmac('sha256', key).update(code).digest().subarray(0, SIGNATURE_BYTES)
}

/** The code with its signature, as it stands in a link. */
export function signed(key: Buffer, code: string): string {
  return `${code}.${signatureOf(key, code).toString('base64url')}`
}

/** The code; null where the signature is not ours. */
export function codeOf(key: Buffer, token: string): string | null {
  const [, code, signature] = form.exec(token) ?? []
  if (code === undefined || signature === undefined) return null
  return timingSafeEqual(signatureOf(key, code), Buffer.from(signature, 'base64url')) ? code : null
}
