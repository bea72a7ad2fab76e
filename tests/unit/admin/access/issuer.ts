// An identity provider on loopback: its keys can be changed, it can be away, and it counts who asks.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, exportSPKI, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import { onTestFinished } from 'vitest'

export interface Key {
  kid: string
  alg: string
  jwk: JWK
  pem: string
  sign(claims: JWTPayload, header?: Record<string, unknown>): Promise<string>
}

export async function makeKey(kid: string, alg = 'ES256'): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return {
    kid,
    alg,
    jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    pem: await exportSPKI(publicKey),
    sign: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid, ...header } as never).sign(privateKey),
  }
}

export interface Issuer {
  url: string
  jwksUrl: string
  /** What it shows now. */
  keys: Key[]
  /** How it answers instead of showing its keys. */
  instead: 'nothing' | 'error' | 'endless' | 'redirect' | 'garbage' | 'another issuer' | null
  /** Requests for keys so far. */
  asked: number
  /** Claims of a good token for `linda`. */
  claims(more?: JWTPayload): JWTPayload
}

export async function openIssuer(keys: Key[]): Promise<Issuer> {
  const server = createServer((request, response) => {
    if (request.url?.endsWith('openid-configuration')) {
      const says = issuer.instead === 'another issuer' ? 'https://other.example' : issuer.url
      response.end(JSON.stringify({ issuer: says, jwks_uri: issuer.jwksUrl }))
      return
    }
    issuer.asked += 1
    switch (issuer.instead) {
      case 'nothing':
        request.socket.destroy()
        return
      case 'error':
        response.writeHead(500).end()
        return
      case 'garbage':
        response.end('<html>')
        return
      case 'redirect':
        response.writeHead(302, { location: '/elsewhere' }).end()
        return
      case 'endless':
        response.end(`{"keys":[],"x":"${'x'.repeat(300_000)}"}`)
        return
      default:
        response.end(JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) }))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer: Issuer = {
    url,
    jwksUrl: `${url}/keys`,
    keys,
    instead: null,
    asked: 0,
    claims(more = {}) {
      const now = Math.floor(Date.now() / 1000)
      return {
        iss: url,
        aud: 'linda',
        sub: 'u-1',
        preferred_username: 'alice',
        groups: ['sre'],
        iat: now,
        exp: now + 300,
        ...more,
      }
    },
  }
  return issuer
}
