// A delivery is signed with its time, so that who knows the secret can tell a forgery, a change and a replay.

import { createHmac } from 'node:crypto'

/**
 * The value of `Linda-Signature`: `t=SECONDS,v1=HEX`, with one v1 for each secret. HEX is the HMAC-SHA256 of `SECONDS.BODY`.
 * @param seconds since the epoch, whole
 */
export function signatureOf(secrets: readonly string[], seconds: number, body: Uint8Array): string {
  const signed = secrets.map((secret) => {
    const hmac = createHmac('sha256', secret).update(`${seconds}.`).update(body)
    return `v1=${hmac.digest('hex')}`
  })
  return [`t=${seconds}`, ...signed].join(',')
}
