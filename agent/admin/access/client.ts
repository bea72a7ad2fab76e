// Where a request comes from: the address of the peer, and the name on its certificate where one was asked for and proved.

import type { TLSSocket } from 'node:tls'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'

/** Of each connection once: a certificate does not change under it. */
const names = new WeakMap<object, string | null>()

/** The address of the peer. A proxy's word about its client is not believed. */
export function addressOf(c: Context): string {
  try {
    return getConnInfo(c).remote.address ?? 'unknown'
  } catch {
    return 'unknown' // the app was called without a listener, as in a test
  }
}

/** The address, with the name on the client's certificate before it (`ops-laptop@10.0.0.7`) where the listener proved one. */
export function clientOf(c: Context): string {
  return clientAt(c, addressOf(c))
}

/** The same for a peer whose address is known already. */
export function clientAt(c: Context, address: string): string {
  const name = certifiedName(c)
  return name === null ? address : `${name}@${address}`
}

function certifiedName(c: Context): string | null {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: Partial<TLSSocket> } }
  const socket = incoming?.socket
  if (!socket?.encrypted || socket.authorized !== true || !socket.getPeerCertificate) return null
  const known = names.get(socket)
  if (known !== undefined) return known
  const { subject } = socket.getPeerCertificate()
  const text: unknown = subject?.CN
  const name = typeof text === 'string' ? text.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, 64) : null
  names.set(socket, name)
  return name
}
