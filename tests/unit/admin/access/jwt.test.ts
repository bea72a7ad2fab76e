// What a forger can do to a token, one thing at a time, and how each is refused.

import { createHmac, generateKeyPairSync } from 'node:crypto'
import type { JWTPayload } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Expected, verifyJwt } from '../../../../agent/admin/access/jwt.ts'
import { SigningKeys } from '../../../../agent/admin/access/keys.ts'
import { Refusal } from '../../../../agent/admin/access/refusal.ts'
import { type Issuer, type Key, makeKey, openIssuer } from './issuer.ts'

let good: Key
let rsa: Key
let stranger: Key
let issuer: Issuer
let keys: SigningKeys
let expected: Expected
const HOUR_MS = 3_600_000
const now = (): number => Math.floor(Date.now() / 1000)

beforeAll(async () => {
  good = await makeKey('k1')
  rsa = await makeKey('r1', 'RS256')
  stranger = await makeKey('k1')
})
beforeEach(async () => {
  issuer = await openIssuer([good, rsa])
  keys = new SigningKeys(async () => new URL(issuer.jwksUrl))
  expected = { issuer: issuer.url, audience: 'linda', maxAgeMs: HOUR_MS }
})

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
/** Any header over any claims with any signature. */
const raw = (header: object, claims: JWTPayload, signature: string | Buffer = 'AAAA'): string =>
  `${encoded(header)}.${encoded(claims)}.${Buffer.from(signature).toString('base64url')}`

const refusedBecause = async (token: string): Promise<string> =>
  verifyJwt(token, expected, keys).then(
    () => 'let in',
    (error) => {
      if (!(error instanceof Refusal)) throw error
      return error.why
    },
  )

it('a good one is believed, with either kind of key', async () => {
  for (const key of [good, rsa])
    expect(await verifyJwt(await key.sign(issuer.claims()), expected, keys)).toMatchObject({ sub: 'u-1' })
})

type Forgery = [string, () => string | Promise<string>, string]
const hmac = (header: object, claims: JWTPayload, secret: string): string => {
  const body = `${encoded(header)}.${encoded(claims)}`
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`
}

describe('a forged token', () => {
  it.each<Forgery>([
    ['with alg none', () => raw({ alg: 'none' }, issuer.claims(), ''), 'malformed'],
    ['with alg none and a signature', () => raw({ alg: 'none' }, issuer.claims()), 'algorithm'],
    ['with alg None', () => raw({ alg: 'None' }, issuer.claims()), 'algorithm'],
    [
      'signed by the public key as a secret',
      () => hmac({ alg: 'HS256', kid: 'r1' }, issuer.claims(), rsa.pem),
      'algorithm',
    ],
    [
      'signed by the modulus as a secret',
      () => hmac({ alg: 'HS256', kid: 'r1' }, issuer.claims(), rsa.jwk.n ?? ''),
      'algorithm',
    ],
    ['by a stranger under a known key id', () => stranger.sign(issuer.claims()), 'signature'],
    ['with the key of another algorithm', () => good.sign(issuer.claims(), { kid: 'r1' }), 'key'],
    ['with an unknown key id', () => good.sign(issuer.claims(), { kid: 'k9' }), 'key'],
    ['with a path for a key id', () => good.sign(issuer.claims(), { kid: '../../dev/null' }), 'header'],
    ['with a query for a key id', () => good.sign(issuer.claims(), { kid: "k1' OR '1'='1" }), 'header'],
    ['with a list of key ids', () => raw({ alg: 'ES256', kid: ['k1'] }, issuer.claims()), 'header'],
    [
      'that says where its key is',
      () => good.sign(issuer.claims(), { jku: 'http://127.0.0.1:1/keys' }),
      'header',
    ],
    [
      'that says where its certificate is',
      () => good.sign(issuer.claims(), { x5u: 'http://127.0.0.1:1/' }),
      'header',
    ],
    ['that brings its key', () => stranger.sign(issuer.claims(), { jwk: stranger.jwk }), 'header'],
    ['that brings its certificate', () => raw({ alg: 'RS256', x5c: ['MIIB'] }, issuer.claims()), 'header'],
    [
      'with a critical extension',
      () => raw({ alg: 'ES256', kid: 'k1', crit: ['exp'] }, issuer.claims()),
      'header',
    ],
    [
      'with a critical extension that nobody knows',
      () => raw({ alg: 'ES256', kid: 'k1', crit: ['x'], x: 1 }, issuer.claims()),
      'header',
    ],
    [
      'without a signature',
      async () => (await good.sign(issuer.claims())).replace(/[^.]*$/, ''),
      'malformed',
    ],
    ['of two parts', async () => (await good.sign(issuer.claims())).replace(/\.[^.]*$/, ''), 'malformed'],
    [
      'of five parts, as an encrypted one',
      async () => `${await good.sign(issuer.claims())}.a.b`,
      'malformed',
    ],
    ['that is no JSON', () => 'AAAA.BBBB.CCCC', 'malformed'],
    ['of 9 kB', () => good.sign(issuer.claims({ x: 'x'.repeat(9_000) })), 'too-long'],
    [
      'whose claims were changed',
      async () => {
        const [head, , signature] = (await good.sign(issuer.claims())).split('.')
        return `${head}.${encoded(issuer.claims({ groups: ['admins'] }))}.${signature}`
      },
      'signature',
    ],
  ])('%s', async (_, make, why) => {
    expect(await refusedBecause(await make())).toBe(why)
  })

  it('is never a reason to ask anybody but the issuer for a key', async () => {
    const other = await openIssuer([stranger])
    const token = await stranger.sign(issuer.claims(), { jku: other.jwksUrl, kid: 'k1' })
    expect(await refusedBecause(token)).toBe('header')
    expect(other.asked).toBe(0)
  })
})

describe('a token for somebody else or another time', () => {
  it.each<[string, () => JWTPayload, string]>([
    ['of another issuer', () => ({ iss: 'https://other.example' }), 'issuer'],
    ['of our issuer with a slash more', () => ({ iss: `${issuer.url}/` }), 'issuer'],
    ['without an issuer', () => ({ iss: undefined as never }), 'issuer'],
    ['for another audience', () => ({ aud: 'grafana' }), 'audience'],
    ['for several others', () => ({ aud: ['grafana', 'linda-test'] }), 'audience'],
    ['for nobody', () => ({ aud: undefined as never }), 'audience'],
    ['expired', () => ({ exp: now() - 11 }), 'expired'],
    ['without an end', () => ({ exp: undefined as never }), 'claims'],
    ['with an end that is no number', () => ({ exp: '2999-01-01' as never }), 'claims'],
    ['not yet valid', () => ({ nbf: now() + 60 }), 'early'],
    ['issued in the future', () => ({ iat: now() + 60 }), 'early'],
    ['issued longer ago than is allowed', () => ({ iat: now() - 3_611, exp: now() + 9_999 }), 'age'],
    ['that does not say when it was issued', () => ({ iat: undefined as never }), 'claims'],
  ])('%s', async (_, more, why) => {
    expect(await refusedBecause(await good.sign(issuer.claims(more())))).toBe(why)
  })

  it.each<[string, () => JWTPayload]>([
    ['that expired a moment ago', () => ({ exp: now() - 5 })],
    ['that begins in a moment', () => ({ nbf: now() + 5 })],
    ['for several audiences of which we are one', () => ({ aud: ['grafana', 'linda'] })],
  ])('%s is let in: clocks differ', async (_, more) => {
    expect(await refusedBecause(await good.sign(issuer.claims(more())))).toBe('let in')
  })

  it('costs no request for keys where its issuer is another one', async () => {
    await refusedBecause(await good.sign(issuer.claims({ iss: 'https://other.example' })))
    expect(issuer.asked).toBe(0)
  })
})

it('a secret that the issuer shows by mistake signs nothing', async () => {
  const secret = 'a secret that everybody can read there'
  issuer.keys = [
    { ...good, jwk: { kty: 'oct', k: Buffer.from(secret).toString('base64url'), kid: 's', alg: 'HS256' } },
  ]
  expect(await refusedBecause(hmac({ alg: 'HS256', kid: 's' }, issuer.claims(), secret))).toBe('algorithm')
})

describe('several keys of one name', () => {
  it('are each tried, whichever stands first', async () => {
    for (const both of [
      [good, stranger],
      [stranger, good],
    ]) {
      issuer.keys = both
      keys = new SigningKeys(async () => new URL(issuer.jwksUrl))
      for (const key of both) expect(await refusedBecause(await key.sign(issuer.claims()))).toBe('let in')
      expect(await refusedBecause(await good.sign(issuer.claims({ exp: now() - 60 })))).toBe('expired')
      const forged = await (await makeKey('k1')).sign(issuer.claims())
      expect(await refusedBecause(forged)).toBe('signature')
    }
  })

  it('are no more than four: a long list is not gone through for every forged token', async () => {
    const many = await Promise.all(Array.from({ length: 5 }, () => makeKey('k1')))
    issuer.keys = many
    const seen = await Promise.all(many.map(async (key) => refusedBecause(await key.sign(issuer.claims()))))
    expect(seen).toEqual(['let in', 'let in', 'let in', 'let in', 'signature'])
  })
})

it('a key without an id of its own is taken only where it is the one that fits', async () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const anonymous = publicKey.export({ format: 'jwk' }) as Key['jwk']
  issuer.keys = [good, { ...good, jwk: anonymous }]
  const token = await good.sign(issuer.claims(), { kid: undefined })
  expect(await refusedBecause(token)).toBe('key')
})
