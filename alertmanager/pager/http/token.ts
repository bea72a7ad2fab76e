// Whoever asks the API shows its one token; a wrong one is told from a right one in the same time.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../../../agent/config/secret.ts'

/** Whether the header Authorization carries the token. */
export function holds(header: string | undefined, token: Secret): boolean {
  const [, given] = /^Bearer +(\S+)$/i.exec(header ?? '') ?? []
  if (given === undefined) return false
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(token.reveal()))
}
