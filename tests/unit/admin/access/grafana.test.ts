// A Grafana user is whom Grafana signed for, and may do what the configuration says of them, or of their role.

import type { JWTPayload } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type GrafanaConfig, GrafanaUsers, userFrom } from '../../../../agent/admin/access/grafana.ts'
import { Refusal } from '../../../../agent/admin/access/refusal.ts'
import { type Issuer, type Key, makeKey, openIssuer } from './issuer.ts'

afterEach(() => vi.useRealTimers())

const may: Pick<GrafanaConfig, 'roles' | 'users' | 'defaultRole'> = {
  roles: { Viewer: 'viewer', Editor: 'operator', Admin: 'admin' },
  users: { bob: 'admin', 'carol@example.com': 'operator', 'user:7': 'viewer' },
  defaultRole: 'viewer',
}

describe('what a user may do', () => {
  it.each<[string, JWTPayload, string, string]>([
    [
      'by the role of the organization',
      { sub: 'user:1', username: 'alice', role: 'Editor' },
      'alice',
      'operator',
    ],
    ['by default where no role is told', { sub: 'user:1', username: 'alice' }, 'alice', 'viewer'],
    ['by login, before the role', { sub: 'user:2', username: 'bob', role: 'Viewer' }, 'bob', 'admin'],
    ['by id, before the login', { sub: 'user:7', username: 'bob', role: 'Admin' }, 'bob', 'viewer'],
    [
      'by a confirmed address',
      { sub: 'user:3', username: 'carol', email: 'carol@example.com', email_verified: true },
      'carol',
      'operator',
    ],
    [
      'not by an address that nobody confirmed',
      { sub: 'user:3', username: 'mallory', email: 'carol@example.com' },
      'mallory',
      'viewer',
    ],
    ['as a service account', { sub: 'service-account:9', role: 'Editor' }, 'service-account:9', 'operator'],
  ])('%s', (_, claims, login, role) => expect(userFrom(claims, may)).toEqual({ login, role }))

  it.each<[string, JWTPayload, Partial<typeof may>]>([
    ['with a role that nobody mapped', { sub: 'user:1', username: 'alice', role: 'None' }, {}],
    [
      'of whom nothing is known, where nobody is let in by default',
      { sub: 'user:1', username: 'alice' },
      { defaultRole: 'none' },
    ],
    ['that is a visitor without a name', { sub: 'anonymous:0', role: 'Viewer' }, {}],
    ['that is Grafana itself', { sub: 'access-policy:1', role: 'Admin' }, {}],
    ['without a subject', { username: 'alice', role: 'Admin' }, {}],
    [
      'called like something every object has',
      { sub: 'user:1', username: 'constructor', role: 'toString' },
      {},
    ],
  ])('nothing: one %s', (_, claims, more) =>
    expect(() => userFrom(claims, { ...may, ...more })).toThrow(new Refusal('role')),
  )
})

describe('the signed identity', () => {
  let key: Key
  let rsa: Key
  let issuer: Issuer
  let users: GrafanaUsers
  beforeAll(async () => {
    key = await makeKey('id-1')
    rsa = await makeKey('id-2', 'RS256')
  })
  beforeEach(async () => {
    issuer = await openIssuer([key, rsa])
    const url = `${issuer.url}/`
    users = new GrafanaUsers({ url, issuer: url, jwksUrl: issuer.jwksUrl, orgs: [1, 3], ...may })
  })
  /** As Grafana 12 makes it. */
  const claims = (more: JWTPayload = {}): JWTPayload => ({
    ...issuer.claims(),
    iss: `${issuer.url}/`,
    aud: ['org:1'],
    sub: 'user:1',
    type: 'user',
    namespace: 'default',
    username: 'alice',
    role: 'Editor',
    ...more,
  })
  const tried = (identity: string): Promise<unknown> =>
    users.user(identity).catch((error: Refusal) => error.why)

  it('is believed, the second time from memory', async () => {
    const identity = await key.sign(claims())
    for (let i = 0; i < 2; i++) expect(await tried(identity)).toEqual({ login: 'alice', role: 'operator' })
    expect(issuer.asked).toBe(1)
  })

  it.each<[string, () => Promise<string>, string]>([
    ['of another organization', () => key.sign(claims({ aud: ['org:2'] })), 'audience'],
    ['of an organization whose number begins alike', () => key.sign(claims({ aud: ['org:11'] })), 'audience'],
    ['of another Grafana', () => key.sign(claims({ iss: 'https://grafana.example/' })), 'issuer'],
    ['that has expired', () => key.sign(claims({ exp: Math.floor(Date.now() / 1000) - 11 })), 'expired'],
    ['signed by a stranger', async () => (await makeKey('id-1')).sign(claims()), 'signature'],
    ['signed as Grafana does not', () => rsa.sign(claims()), 'algorithm'],
    ['that is a name', async () => 'alice', 'malformed'],
  ])('%s is refused', async (_, make, why) => expect(await tried(await make())).toBe(why))

  it('ends with its time, also from memory', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const exp = Math.floor(Date.now() / 1000) + 600
    const identity = await key.sign(claims({ exp }))
    expect(await tried(identity)).toMatchObject({ login: 'alice' })
    // The clocks may differ by this much.
    vi.setSystemTime(exp * 1000 + 9_000)
    expect(await tried(identity)).toMatchObject({ login: 'alice' })
    vi.setSystemTime(exp * 1000 + 11_000)
    expect(await tried(identity)).toBe('expired')
  })
})
