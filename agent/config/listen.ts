// A listen address always names its host, so that nothing is opened to the network by leaving something out.

import { isIPv4, isIPv6 } from 'node:net'
import { z } from 'zod'
import { leaf, type Told } from './leaf.ts'

/** Where a server listens. Port 0 asks the system for a free one. */
export interface Listen {
  /** A host name or an address; an IPv6 address stands without its brackets. */
  host: string
  port: number
}

const hostName =
  /^(?!.*\.\d+$)[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/
const form = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/

/** `host:port` or `[ipv6]:port` taken apart; null when it is neither. */
export function parseListen(text: string): Listen | null {
  const [, six, other, digits] = form.exec(text) ?? []
  const port = Number(digits)
  if (digits === undefined || port > 65_535) return null
  if (six !== undefined) return isIPv6(six) ? { host: six, port } : null
  if (other === undefined) return null
  return isIPv4(other) || hostName.test(other) ? { host: other, port } : null
}

/** Whether what is said to the host stays on this machine; an IPv6 address with or without its brackets. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  return bare === 'localhost' || bare === '::1' || (isIPv4(bare) && bare.startsWith('127.'))
}

/** A key that takes a listen address. */
export function listen(told: Told) {
  const schema = z.string().transform((text, context): Listen => {
    const address = parseListen(text)
    if (address !== null) return address
    context.addIssue({ code: 'custom', message: 'listen' })
    return z.NEVER
  })
  return leaf(schema, {
    type: 'address',
    allowed: 'host:port, an IPv6 host in brackets, port 0 to 65535 (0 takes a free one)',
    ...told,
  })
}
