// Keys follow their issuer: a new one is taken soon, an old one outlives an outage, and nobody can make us ask without end.

import type { JWTPayload } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { verifyJwt } from '../../../../agent/admin/access/jwt.ts'
import { type KeySettings, SigningKeys } from '../../../../agent/admin/access/keys.ts'
import { Refusal } from '../../../../agent/admin/access/refusal.ts'
import { until } from '../../../harness/until.ts'
import { type Issuer, type Key, makeKey, openIssuer } from './issuer.ts'

let first: Key
let second: Key
let issuer: Issuer
let clock = 0
beforeAll(async () => {
  first = await makeKey('k1')
  second = await makeKey('k2')
})
beforeEach(async () => {
  issuer = await openIssuer([first])
  clock = 0
  const now = Date.now.bind(Date)
  vi.spyOn(Date, 'now').mockImplementation(() => now() + clock)
})
afterEach(() => vi.restoreAllMocks())

const settings: Partial<KeySettings> = {
  cooldownMs: 10_000,
  refreshMs: 600_000,
  staleMs: 86_400_000,
  timeoutMs: 1_000,
}
const opened = () => new SigningKeys(async () => new URL(issuer.jwksUrl), settings)

/** Whether a token of this key is let in now, or why not. The token is as young as the clock says. */
async function tried(keys: SigningKeys, key: Key, more: JWTPayload = {}): Promise<string> {
  const expected = { issuer: issuer.url, audience: 'linda', maxAgeMs: null }
  const token = await key.sign({ ...issuer.claims(), exp: Math.floor(Date.now() / 1000) + 900_000, ...more })
  return verifyJwt(token, expected, keys).then(
    () => 'let in',
    (error) => {
      if (!(error instanceof Refusal)) throw error
      return error.why
    },
  )
}

describe('rotation', () => {
  it('takes a new key as soon as somebody uses it, and drops the old one with it', async () => {
    const keys = opened()
    expect(await tried(keys, first)).toBe('let in')
    issuer.keys = [first, second]
    clock += 10_001
    expect(await tried(keys, second)).toBe('let in')
    expect(await tried(keys, first)).toBe('let in')
    issuer.keys = [second]
    clock += 10_001
    expect(await tried(keys, await makeKey('k3'))).toBe('key')
    // Whoever asks next is told that nobody knows, until the set may be asked for again.
    expect(await tried(keys, first)).toBe('keys-away')
    clock += 10_001
    expect(await tried(keys, first)).toBe('key')
    expect(keys.version).toBe(3)
  })

  it.each<[string, (keys: SigningKeys) => Promise<unknown>]>([
    ['the set was fetched', (keys) => tried(keys, first)],
    [
      'a stranger had it fetched',
      async (keys) => {
        await tried(keys, first)
        clock += 10_001
        expect(await tried(keys, await makeKey('k3'))).toBe('key')
      },
    ],
  ])('never calls a key unknown that came a moment after %s', async (_, before) => {
    const keys = opened()
    await before(keys)
    issuer.keys = [first, second]
    expect(await tried(keys, second)).toBe('keys-away')
    clock += 10_001
    expect(await tried(keys, second)).toBe('let in')
  })

  it('notices within refreshMs that a key was taken back, although everybody goes on with it', async () => {
    const keys = opened()
    await tried(keys, first)
    issuer.keys = [second]
    clock += 600_001
    // The one who asks first is answered from memory; the set is fetched meanwhile.
    expect(await tried(keys, first)).toBe('let in')
    await until('the set was fetched', () => keys.version === 2)
    expect(await tried(keys, first)).toBe('keys-away')
    clock += 10_001
    expect(await tried(keys, first)).toBe('key')
  })

  it('asks once for a hundred at once', async () => {
    const keys = opened()
    const all = await Promise.all(Array.from({ length: 100 }, () => tried(keys, first)))
    expect(new Set(all)).toEqual(new Set(['let in']))
    expect(issuer.asked).toBe(1)
  })
})

describe('an issuer that is away', () => {
  it.each(['nothing', 'error', 'garbage', 'endless', 'redirect'] as const)(
    '(%s): known keys go on, unknown ones are for later',
    async (instead) => {
      const keys = opened()
      expect(await tried(keys, first)).toBe('let in')
      issuer.instead = instead
      clock += 700_000
      expect(await tried(keys, first)).toBe('let in')
      await until('it was asked', () => issuer.asked === 2)
      clock += 10_001
      expect(await tried(keys, second)).toBe('keys-away')
      expect(await tried(keys, first)).toBe('let in')
    },
  )

  it('for a day is believed no longer: its keys may have been taken back', async () => {
    const keys = opened()
    await tried(keys, first)
    issuer.instead = 'error'
    clock += 86_400_001
    expect(await tried(keys, first)).toBe('keys-away')
    issuer.instead = null
    clock += 10_001
    expect(await tried(keys, first)).toBe('let in')
  })

  it('is asked once in a while, however many unknown keys are shown', async () => {
    const keys = opened()
    issuer.instead = 'error'
    for (let i = 0; i < 20; i++) expect(await tried(keys, second)).toBe('keys-away')
    expect(issuer.asked).toBe(1)
    clock += 10_001
    issuer.instead = null
    expect(await tried(keys, first)).toBe('let in')
    for (let i = 0; i < 20; i++) expect(await tried(keys, second)).toBe('keys-away')
    expect(issuer.asked).toBe(2)
  })
})
