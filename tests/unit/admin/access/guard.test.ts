// Who comes in by which way, with which rights, what the refused are told, and what is noticed of it.

import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import type { JWTPayload } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { mintToken } from '../../../../agent/admin/access/token-file.ts'
import { list } from '../../../../agent/store/audit.ts'
import { until } from '../../../harness/until.ts'
import { problem, refusal } from '../refusal.ts'
import { type Door, door, minted } from './door.ts'
import { makeKey, openIssuer } from './issuer.ts'

afterEach(() => vi.restoreAllMocks())
const key = await makeKey('k1')
const json = async (response: Response): Promise<unknown> => {
  expect(response.status).toBe(200)
  return response.json()
}

async function withProviders() {
  const issuer = await openIssuer([key])
  const admin = `{ oidc: { issuer: "${issuer.url}", audience: linda, jwks_url: "${issuer.jwksUrl}", roles: { sre: operator, boss: admin }, pools_claim: pools },
    grafana: { url: "${issuer.url}", jwks_url: "${issuer.jwksUrl}" } }`
  const bound = await mintToken('panels', 'operator', { pools: ['sales'], grafana: 'required' })
  const at = await door(admin, [minted.viewer.entry, minted.operator.entry, minted.admin.entry, bound.entry])
  const identity = (role: string, more = {}): Promise<string> =>
    key.sign(
      issuer.claims({ iss: `${issuer.url}/`, aud: 'org:1', sub: 'user:1', username: 'alice', role, ...more }),
    )
  return { ...at, issuer, bound, identity }
}

describe('the ways in', () => {
  it('a token of the file', async () => {
    const { ask } = await door('{}', [minted.operator.entry])
    expect(await json(await ask('/api/operator', minted.operator.token))).toEqual({
      name: 'operator',
      role: 'operator',
      via: 'token',
    })
    expect(await refusal(await ask('/api/admin', minted.operator.token))).toBe('403 role')
  })

  it('a token of an identity provider, with its pools', async () => {
    const { ask, issuer } = await withProviders()
    const token = await key.sign(issuer.claims({ pools: ['support'] }))
    expect(await json(await ask('/api/operator', token))).toMatchObject({
      name: 'oidc:alice',
      role: 'operator',
      via: 'jwt',
      pools: ['support'],
    })
    expect(await refusal(await ask('/api/admin', token))).toBe('403 role')
  })

  it.each([
    ['viewer', 'Admin', 'viewer'],
    ['operator', 'Viewer', 'viewer'],
    ['operator', 'Admin', 'operator'],
    ['admin', 'Editor', 'operator'],
  ] as const)('a token of a %s in the hands of a Grafana %s is a %s', async (token, role, expected) => {
    const { ask, identity } = await withProviders()
    const answer = await ask('/api/viewer', minted[token].token, { 'x-grafana-id': await identity(role) })
    expect(await json(answer)).toEqual({ name: 'grafana:alice', role: expected, via: 'grafana' })
  })

  it('a token that needs a Grafana user', async () => {
    const { ask, bound, identity, of } = await withProviders()
    expect(await refusal(await ask('/api/viewer', bound.token))).toBe('403 identity-required')
    const headers = { 'x-grafana-id': await identity('Editor') }
    expect(await json(await ask('/api/viewer', bound.token, headers))).toEqual({
      name: 'grafana:alice',
      role: 'operator',
      via: 'grafana',
      pools: ['sales'],
    })
    expect(of('admin.refused')).toMatchObject([{ why: 'identity' }])
  })

  it('a Grafana user is taken at their word for an hour of a stream, a token by itself for as long as it holds', async () => {
    const { ask, holds, identity } = await withProviders()
    const headers = { 'x-grafana-id': await identity('Editor') }
    const later = vi.spyOn(Date, 'now')
    for (const [with_, expected] of [
      [headers, false],
      [{}, true],
    ] as const) {
      await ask('/api/viewer', minted.viewer.token, with_)
      expect(await holds()).toBe(true)
      later.mockReturnValue(Date.now() + 3_600_001)
      expect(await holds()).toBe(expected)
      later.mockRestore()
    }
  })

  it('a token that needs a Grafana user is worthless where no Grafana is configured', async () => {
    const bound = await mintToken('panels', 'operator', { grafana: 'required' })
    const { ask } = await door('{}', [bound.entry])
    const headers = { 'x-grafana-id': 'alice' }
    expect(await refusal(await ask('/api/viewer', bound.token, headers))).toBe('403 identity-required')
    // Elsewhere the header is nobody's business.
    const open = await door('{}', [minted.viewer.entry])
    expect((await open.ask('/api/viewer', minted.viewer.token, headers)).status).toBe(200)
  })

  it('an identity alone opens nothing, and a bad one beside a good token closes the door', async () => {
    const { ask, identity, of } = await withProviders()
    const good = await identity('Admin')
    expect(await refusal(await ask('/api/viewer', null, { 'x-grafana-id': good }))).toBe('401 no-token')
    // It was signed by a key that the identity provider of this test has, too: the issuer tells them apart.
    expect(await refusal(await ask('/api/viewer', good))).toBe('401 bad-token')
    const forged = await (await makeKey('k1')).sign({ sub: 'user:1' })
    expect(await refusal(await ask('/api/viewer', minted.admin.token, { 'x-grafana-id': forged }))).toBe(
      '401 bad-identity',
    )
    expect(of('security.noticed').map(({ kind, why }) => `${kind} ${why}`)).toEqual([
      'jwt-refused issuer',
      'identity-refused issuer',
    ])
  })
})

describe('what the holder of a bad JWT is told', () => {
  it.each<[string, JWTPayload, string]>([
    ['expired', { exp: Math.floor(Date.now() / 1000) - 60 }, '401 token-expired'],
    ['too old', { iat: Math.floor(Date.now() / 1000) - 3_700 }, '401 token-expired'],
    ['for another audience', { aud: 'x' }, '401 bad-token'],
    ['with no role here', { groups: ['others'] }, '403 role'],
  ])('%s', async (_, more, expected) => {
    const { ask, issuer } = await withProviders()
    expect(await refusal(await ask('/api/viewer', await key.sign(issuer.claims(more))))).toBe(expected)
  })

  it('used twice where it is good once', async () => {
    const issuer = await openIssuer([key])
    const admin = `{ oidc: { issuer: "${issuer.url}", audience: linda, jwks_url: "${issuer.jwksUrl}", roles: { sre: operator }, once: on } }`
    const { ask, of, holds } = await door(admin)
    const token = await key.sign(issuer.claims({ jti: '1' }))
    expect((await ask('/api/viewer', token)).status).toBe(200)
    expect(await refusal(await ask('/api/viewer', token))).toBe('401 token-used')
    expect(await holds()).toBe(true)
    expect(of('security.noticed')).toMatchObject([{ kind: 'jwt-refused', why: 'replayed' }])
  })

  it('whose keys cannot be asked for: 503, no guess and no attack', async () => {
    const { ask, issuer, of } = await withProviders()
    issuer.instead = 'nothing'
    for (let i = 0; i < 25; i++) {
      const answer = await ask('/api/viewer', await key.sign(issuer.claims()))
      expect(answer.headers.get('retry-after')).toBe('10')
      expect(await refusal(answer)).toBe('503 keys-away')
    }
    expect(of('security.noticed')).toEqual([])
    expect(of('admin.refused').at(-1)).toMatchObject({ why: 'keys-away' })
  })

  it('forged ones count as guesses together with wrong tokens, and are told once a minute', async () => {
    const { ask, issuer, of } = await withProviders()
    const forged = await (await makeKey('k1')).sign(issuer.claims())
    for (let i = 0; i < 10; i++) expect(await refusal(await ask('/api/viewer', forged))).toBe('401 bad-token')
    for (let i = 0; i < 10; i++) await ask('/api/viewer', 'nobody')
    for (let i = 0; i < 3; i++) expect(await refusal(await ask('/api/viewer', forged))).toBe('429 locked-out')
    expect(of('security.noticed')).toMatchObject([
      { kind: 'jwt-refused', why: 'signature', client: 'unknown' },
      { kind: 'locked-out', why: null },
    ])
  })

  it('where no provider is configured a JWT is a wrong token like any other', async () => {
    const { ask } = await door('{}', [minted.viewer.entry])
    expect(await refusal(await ask('/api/viewer', await key.sign({ iss: 'x' })))).toBe('401 bad-token')
  })
})

describe('guesses', () => {
  const guessAt = (id: string): string => `linda_${id}_${randomBytes(24).toString('base64url')}`
  const { viewer, operator } = minted

  it('are counted although a right token of the same address comes between them', async () => {
    const { ask, of } = await door('{}', [viewer.entry])
    const seen: string[] = []
    for (let i = 0; i < 25; i++) {
      seen.push(await refusal(await ask('/api/viewer', guessAt('00000000'))))
      expect((await ask('/api/viewer', viewer.token)).status).toBe(200)
    }
    expect(seen.indexOf('429 locked-out')).toBe(20)
    expect(of('security.noticed')).toMatchObject([{ kind: 'locked-out' }])
  })

  it('are counted by network, however many addresses somebody has there', async () => {
    const { app, of } = await door('{}', [viewer.entry])
    const from = async (remoteAddress: string): Promise<number> => {
      const socket = { remoteAddress, remotePort: 1, remoteFamily: 'IPv6' }
      const headers = { authorization: 'Bearer wrong' }
      return (await app.request('/api/viewer', { headers }, { incoming: { socket } })).status
    }
    const seen: number[] = []
    for (let i = 0; i < 25; i++) seen.push(await from(`2001:db8:1:2::${i.toString(16)}`))
    expect(seen.indexOf(429)).toBe(20)
    expect(await from('2001:db8:1:3::1')).toBe(401)
    expect(of('security.noticed')).toMatchObject([{ kind: 'locked-out' }])
  })

  it('a hundred at once at one token cost twenty hashes, are told, and keep no other token of that address out', async () => {
    const { ask, of } = await door('{}', [viewer.entry, operator.entry])
    const guesses = Promise.all(
      Array.from({ length: 100 }, async () => refusal(await ask('/api/viewer', guessAt(viewer.entry.id)))),
    )
    // It was never used before, so its hash is worked out now.
    expect((await ask('/api/operator', operator.token)).status).toBe(200)
    const seen = await guesses
    expect(seen.filter((each) => each === '429 locked-out').length).toBeGreaterThanOrEqual(80)
    expect(of('security.noticed')).toMatchObject([{ kind: 'locked-out' }])
    expect(await refusal(await ask('/api/viewer', viewer.token))).toBe('429 locked-out')
    expect((await ask('/api/operator', operator.token)).status).toBe(200)
  })
})

describe('a token of the file', () => {
  it('whose time is over is refused, and told with its name', async () => {
    const { token, entry } = await mintToken('batch', 'viewer', { expires: '2026-01-01T00:00:00Z' })
    const { ask, of } = await door('{}', [entry])
    for (let i = 0; i < 25; i++)
      expect(await refusal(await ask('/api/viewer', token))).toBe('401 token-expired')
    expect(of('security.noticed')).toMatchObject([{ kind: 'expired-token', who: 'batch' }])
    // With a wrong secret it is a guess like any other.
    expect(await refusal(await ask('/api/viewer', `${token.slice(0, -1)}!`))).toBe('401 bad-token')
  })

  it('expires while somebody uses it', async () => {
    const { token, entry } = await mintToken('batch', 'viewer', { expires: '2199-01-01T00:00:00Z' })
    const { ask, holds } = await door('{}', [entry])
    expect((await ask('/api/viewer', token)).status).toBe(200)
    expect(await holds()).toBe(true)
    vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2199-01-01T00:00:01Z'))
    expect(await holds()).toBe(false)
    expect(await refusal(await ask('/api/viewer', token))).toBe('401 token-expired')
  })

  it.each([
    ['revoked', []],
    ['given another role', [{ role: 'admin' }]],
    ['given fewer pools', [{ pools: ['sales'] }]],
    ['given no pools', [{ pools: [] }]],
    ['given an end that has passed', [{ expires: '2026-01-01T00:00:00Z' }]],
  ] as const)('that is %s ends what goes on under it', async (_, changes) => {
    const { ask, holds, write } = await door('{}', [minted.viewer.entry])
    await ask('/api/viewer', minted.viewer.token)
    expect(await holds()).toBe(true)
    write(...changes.map((change) => ({ ...minted.viewer.entry, ...change }) as typeof minted.viewer.entry))
    expect(await holds()).toBe(false)
  })

  it('is for the pools that stand beside it; one that does not exist is told and harms nobody', async () => {
    const { token, entry } = await mintToken('crm', 'viewer', { pools: ['sales', 'gone'] })
    const { ask, said, write } = await door('{}', [entry])
    expect(await json(await ask('/api/viewer', token))).toMatchObject({ pools: ['sales', 'gone'] })
    expect(said).toEqual([expect.stringContaining('token "crm": found pool "gone", allowed: sales, support')])
    write({ ...entry, pools: ['support'] })
    expect(await json(await ask('/api/viewer', token))).toMatchObject({ pools: ['support'] })
    expect(said).toHaveLength(1)
  })

  it("is nobody's when the file is gone, which is told until it is back", async () => {
    const { ask, file, write, of } = await door('{}', [minted.viewer.entry])
    await ask('/api/viewer', minted.viewer.token)
    rmSync(file)
    expect(await refusal(await ask('/api/viewer', minted.viewer.token))).toBe('401 bad-token')
    expect(of('tokens.unreadable')).toMatchObject([{ detail: expect.stringContaining('is gone') }])
    expect(of('tokens.changed')).toMatchObject([{ removed: 1 }])
    write(minted.viewer.entry)
    expect((await ask('/api/viewer', minted.viewer.token)).status).toBe(200)
    expect(of('tokens.unreadable')).toHaveLength(1)
    expect(of('tokens.readable')).toHaveLength(1)
  })

  it('that was added or taken away leaves a row in the audit trail', async () => {
    const { ask, write, sql, of } = await door('{}', [minted.viewer.entry])
    await ask('/api/viewer', minted.viewer.token)
    write(minted.operator.entry)
    await ask('/api/viewer', minted.viewer.token)
    const rows = await until('a row', async () => {
      const found = await list(sql, { limit: 10 })
      return found.length > 0 && found
    })
    expect(rows).toMatchObject([
      {
        who: 'tokens-file',
        what: 'tokens.changed',
        data: '{"added":["operator"],"changed":[],"removed":["viewer"]}',
      },
    ])
    expect(of('tokens.changed')).toMatchObject([{ added: 1, removed: 1, changed: 0 }])
  })
})

describe('many', () => {
  it('requests of one caller are told to wait, and only that one', async () => {
    const { ask, of } = await door('{ rate_limit: { per_second: 1, burst: 5 } }', [
      minted.viewer.entry,
      minted.admin.entry,
    ])
    const all = await Promise.all(Array.from({ length: 8 }, () => ask('/api/viewer', minted.viewer.token)))
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429, 429])
    const wait = Number(all.at(-1)?.headers.get('retry-after'))
    expect(wait).toBeGreaterThanOrEqual(1)
    expect(wait).toBeLessThanOrEqual(5)
    expect(await refusal(all.at(-1) as Response)).toBe('429 rate')
    expect((await ask('/api/viewer', minted.admin.token)).status).toBe(200)
    expect(of('security.noticed')).toMatchObject([{ kind: 'rate-limited', who: 'viewer' }])
  })

  it('refused roles in a row are told, a few are not', async () => {
    const { ask, of } = await door('{}', [minted.viewer.entry])
    for (let i = 0; i < 9; i++) await ask('/api/admin', minted.viewer.token)
    expect(of('security.noticed')).toEqual([])
    for (let i = 0; i < 9; i++) await ask('/api/admin', minted.viewer.token)
    expect(of('security.noticed')).toMatchObject([{ kind: 'role-refused', who: 'viewer' }])
  })

  it('one refused scope is told', async () => {
    const { bus, of } = await door()
    for (let i = 0; i < 3; i++)
      bus.emit('admin.refused', { why: 'scope', route: '/api/x', client: 'c', who: 'crm' })
    expect(of('security.noticed')).toMatchObject([{ kind: 'scope-refused', who: 'crm' }])
  })
})

describe('a backup that is taken', () => {
  it('leaves a row with who and from where, before a byte has left', async () => {
    const { ask, sql } = await door('{}', [minted.admin.entry])
    expect(await (await ask('/api/store/backup', minted.admin.token)).text()).toBe('everything')
    expect(await list(sql, { limit: 10 })).toMatchObject([
      { who: 'admin', what: 'backup.taken', origin: 'unknown', outcome: 'done' },
    ])
  })

  it('is not given away where the row cannot be written', async () => {
    const { ask, sql } = await door('{}', [minted.admin.entry])
    await ask('/api/viewer', minted.admin.token)
    await sql.query('DROP TABLE audit')
    expect(await refusal(await ask('/api/store/backup', minted.admin.token))).toBe('503 store-away')
  })
})

describe('what is done without a change in the store', () => {
  const path = '/api/dashboard/quick-actions/%2B971500000001/link'
  const post = async (at: Door): Promise<Response> =>
    at.app.request(path, { method: 'POST', headers: { authorization: `Bearer ${minted.admin.token}` } })

  it('leaves a row under the id of the account, whatever it was called', async () => {
    const at = await door('{}', [minted.admin.entry])
    expect((await post(at)).status).toBe(201)
    expect(await list(at.sql, { limit: 10 })).toMatchObject([
      { who: 'admin', what: 'link.made', account: 'uae-1', pool: 'sales' },
    ])
  })

  it('is told as done where the row cannot be written', async () => {
    const at = await door('{}', [minted.admin.entry])
    await at.sql.query('DROP TABLE audit')
    expect(await problem(await post(at))).toEqual([
      503,
      'store-away',
      expect.stringContaining('this was done'),
    ])
  })
})
