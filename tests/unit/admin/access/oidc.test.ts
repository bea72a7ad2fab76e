// Claims become a role, pools and a name by the configuration's word, and what it does not mention gives nothing.

import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { claimAt, nameFrom, roleFrom, wordsOf } from '../../../../agent/admin/access/claims.ts'
import { callerFrom, Oidc, type OidcConfig } from '../../../../agent/admin/access/oidc.ts'
import { UsedTokens } from '../../../../agent/admin/access/once.ts'
import { Refusal } from '../../../../agent/admin/access/refusal.ts'
import type { Role } from '../../../../agent/admin/access/roles.ts'
import { type Issuer, type Key, makeKey, openIssuer } from './issuer.ts'

const roles: Record<string, Role> = {
  'linda-admins': 'admin',
  sre: 'operator',
  'on call': 'operator',
  staff: 'viewer',
}
const mapping = {
  roleClaim: 'groups',
  roles,
  poolsClaim: null,
  nameClaim: 'preferred_username',
  maxAgeMs: 3_600_000,
}
const times = { iat: Math.floor(Date.now() / 1000), exp: Math.floor(Date.now() / 1000) + 60 }

describe('reading claims', () => {
  const claims = {
    groups: ['a'],
    realm_access: { roles: ['b'] },
    'https://x.example/roles': 'c',
    'a.b': 1,
    a: { b: 2 },
  }
  it.each([
    ['groups', ['a']],
    ['realm_access.roles', ['b']],
    ['https://x.example/roles', 'c'],
    ['a.b', 1],
    ['realm_access.none', undefined],
    ['groups.length', undefined],
    ['constructor', undefined],
    ['__proto__.x', undefined],
  ])('%s is %j', (name, value) => expect(claimAt(claims, name)).toEqual(value))

  it.each([
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    ['a b,c', ['a', 'b', 'c']],
    [['a', 5, null, ''], ['a']],
    [{ a: 1 }, []],
    [undefined, []],
  ])('the words of %j are %j', (claim, words) => expect(wordsOf(claim)).toEqual(words))

  it.each([
    [['staff'], 'viewer'],
    [['staff', 'linda-admins', 'sre'], 'admin'],
    ['staff sre', 'operator'],
    ['on call', 'operator'],
    [['on', 'call'], null],
    [['SRE'], null],
    [['constructor', 'toString'], null],
    [[], null],
    [undefined, null],
    [{ admin: true }, null],
  ] as const)('%j is mapped to %s', (claim, role) => expect(roleFrom(claim, roles)).toBe(role))

  it.each([
    ['alice', 'alice'],
    ['  alice  ', 'alice'],
    ['Alice Müller', 'Alice Müller'],
    ['a\nadmin', 'a?admin'],
    ['a\u202eb', 'a?b'],
    ['x'.repeat(100), 'x'.repeat(64)],
    ['', null],
    [' ', null],
    [7, null],
  ])('the name of %j is %j', (claim, name) => expect(nameFrom(claim)).toBe(name))
})

describe('a caller', () => {
  it.each<[string, object, object, object]>([
    [
      'is named by the claim',
      {},
      { preferred_username: 'alice', groups: 'sre' },
      { name: 'oidc:alice', role: 'operator' },
    ],
    ['is named by sub otherwise', {}, { sub: 'u-1', groups: 'sre' }, { name: 'oidc:u-1' }],
    [
      'cannot take the name of a token',
      {},
      { preferred_username: 'ops', groups: 'sre' },
      { name: 'oidc:ops' },
    ],
    [
      'sees all pools where none are mapped',
      {},
      { sub: 'u', groups: 'sre', pools: ['a'] },
      { pools: undefined },
    ],
    [
      'sees its pools',
      { poolsClaim: 'pools' },
      { sub: 'u', groups: 'sre', pools: ['sales'] },
      { pools: ['sales'] },
    ],
    ['sees no pool without the claim', { poolsClaim: 'pools' }, { sub: 'u', groups: 'sre' }, { pools: [] }],
    [
      'sees no pool by a wrong claim',
      { poolsClaim: 'pools' },
      { sub: 'u', groups: 'sre', pools: { a: 1 } },
      { pools: [] },
    ],
    [
      'sees all by a star',
      { poolsClaim: 'pools' },
      { sub: 'u', groups: 'sre', pools: '*' },
      { pools: undefined },
    ],
  ])('%s', (_, config, claims, expected) => {
    const caller = callerFrom({ ...times, ...claims }, { ...mapping, ...config })
    expect({ pools: undefined, ...caller }).toMatchObject(expected)
    expect(caller.via).toBe('jwt')
  })

  it.each([
    ['without a role', { sub: 'u', groups: ['others'] }, 'role'],
    ['without any name', { groups: ['sre'] }, 'claims'],
  ])('%s is refused', (_, claims, why) => {
    expect(() => callerFrom({ ...times, ...claims }, mapping)).toThrow(new Refusal(why as never))
  })

  it('is one until the token ends, or is as old as is allowed', () => {
    const claims = { ...times, sub: 'u', groups: 'sre' }
    expect(callerFrom(claims, mapping).until).toBe(times.exp * 1000)
    expect(callerFrom(claims, { ...mapping, maxAgeMs: 10_000 }).until).toBe(times.iat * 1000 + 10_000)
  })
})

describe('the whole way', () => {
  let key: Key
  let issuer: Issuer
  let config: OidcConfig
  beforeAll(async () => {
    key = await makeKey('k1')
  })
  beforeEach(async () => {
    issuer = await openIssuer([key])
    config = { issuer: issuer.url, audience: 'linda', jwksUrl: null, ...mapping, once: false }
  })
  const why = (asked: Promise<unknown>) =>
    asked.then(
      () => 'let in',
      (error: Refusal) => error.why,
    )

  it('finds the keys from the issuer', async () => {
    const oidc = new Oidc(config)
    expect(await oidc.caller(await key.sign(issuer.claims()))).toMatchObject({
      name: 'oidc:alice',
      role: 'operator',
    })
  })

  it('does not believe an issuer that calls itself otherwise', async () => {
    issuer.instead = 'another issuer'
    expect(await why(new Oidc(config).caller(await key.sign(issuer.claims())))).toBe('keys-away')
  })

  it('proves a token anew when the keys have changed', async () => {
    const oidc = new Oidc({ ...config, jwksUrl: issuer.jwksUrl }, { cooldownMs: 0 })
    const token = await key.sign(issuer.claims())
    expect(await why(oidc.caller(token))).toBe('let in')
    issuer.keys = [await makeKey('k2')]
    // Somebody comes with the new key; with that the old one is gone.
    expect(await why(oidc.caller(await (issuer.keys[0] as Key).sign(issuer.claims())))).toBe('let in')
    expect(await why(oidc.caller(token))).toBe('key')
  })

  it('lets a token be used for its whole life, or once where that is said', async () => {
    const token = await key.sign(issuer.claims({ jti: 'j-1' }))
    const often = new Oidc(config)
    for (let i = 0; i < 3; i++) expect(await why(often.caller(token))).toBe('let in')
    const once = new Oidc({ ...config, once: true })
    const all = await Promise.all(Array.from({ length: 5 }, () => why(once.caller(token))))
    expect(all.sort()).toEqual(['let in', 'replayed', 'replayed', 'replayed', 'replayed'])
    // An answer that goes on asks again, and that is no second use.
    expect(await why(once.caller(token, true))).toBe('let in')
    expect(await why(once.caller(await key.sign(issuer.claims({ jti: 'j-2' }))))).toBe('let in')
    expect(await why(once.caller(await key.sign(issuer.claims())))).toBe('claims')
  })
})

describe('tokens that are good once', () => {
  it('are remembered up to a bound, and beyond it nobody new is let in', () => {
    const used = new UsedTokens(2)
    used.use('a', 60_000)
    used.use('b', 60_000)
    expect(() => used.use('a', 60_000)).toThrow(new Refusal('replayed'))
    expect(() => used.use('c', 60_000)).toThrow(new Refusal('full'))
  })

  it('make room when their time is over', async () => {
    const used = new UsedTokens(1)
    used.use('a', 1)
    await expect
      .poll(() => {
        try {
          used.use('b', 60_000)
          return 'let in'
        } catch (error) {
          return (error as Refusal).why
        }
      })
      .toBe('let in')
  })
})
