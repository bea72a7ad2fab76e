// Where an issuer keeps its keys, by OpenID Connect Discovery: believed only when it says the name that it was asked for.

import { isLoopback } from '../../config/listen.ts'
import { fetchBounded } from './fetch-bounded.ts'

/** The address of the keys of the issuer. Rejects when it does not answer, calls itself otherwise, or has its keys where anybody could change them. */
export async function discover(issuer: string, timeoutMs = 5_000): Promise<URL> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const text = await fetchBounded(url, { signal: AbortSignal.timeout(timeoutMs) })
  const { issuer: says, jwks_uri } = JSON.parse(text) as { issuer?: unknown; jwks_uri?: unknown }
  if (says !== issuer) throw new Error(`${url} speaks for another issuer`)
  if (typeof jwks_uri !== 'string' || !URL.canParse(jwks_uri)) throw new Error(`${url} names no keys`)
  const keys = new URL(jwks_uri)
  if (keys.protocol !== 'https:' && !(keys.protocol === 'http:' && isLoopback(keys.hostname)))
    throw new Error(`${url} names keys that come over a connection in clear`)
  return keys
}
