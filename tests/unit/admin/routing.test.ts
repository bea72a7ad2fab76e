// Routing over the API: the shares with their reasons, changes at once and audited, and refusals that say what is allowed.

import { describe, expect, it } from 'vitest'
import { list } from '../../../agent/store/audit.ts'
import { adminStage, problem, refusal } from './stage.ts'

const put = (body: unknown): RequestInit => ({
  method: 'PUT',
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

/** Two accounts, of which the first is open. */
async function stage() {
  const it = await adminStage(2)
  it.server.sockets[0]?.to.open()
  it.server.sockets[0]?.to.frame()
  const pools = async (query = '') =>
    ((await (await it.ask(`/api/routing${query}`, 'viewer')).json()) as { pools: { accounts: object[] }[] })
      .pools
  return { ...it, pools }
}

describe('GET /api/routing', () => {
  it('says what each account gets, and why', async () => {
    const { pools } = await stage()
    expect(await pools()).toEqual([
      {
        pool: 'sales',
        strategy: 'least-loaded',
        configuredStrategy: 'least-loaded',
        accounts: [
          {
            account: 'uae-1',
            share: 1,
            why: 'level 0, weight 1, 0 active',
            mode: 'up',
            modeSince: null,
            modeWhy: '',
            role: 'primary',
            priority: 1,
            weight: 1,
            region: 'uae',
            healthStatus: expect.any(String),
            active: 0,
          },
          expect.objectContaining({ account: 'uae-2', share: 0, why: 'its session is connecting' }),
        ],
      },
    ])
    expect(await pools('?pool=sales&region=ksa')).toHaveLength(1)
  })

  it('of a pool that nobody has is a 404 that names those there are', async () => {
    const { ask } = await stage()
    expect(await problem(await ask('/api/routing?pool=x'))).toEqual([
      404,
      'unknown-pool',
      'no pool has the name "x"; there are sales',
    ])
  })
})

describe('a change', () => {
  it('of the strategy holds at once, and taken back is gone', async () => {
    const { ask, routing } = await stage()
    const answer = await ask('/api/routing/pools/sales/strategy', 'operator', put({ strategy: 'geo' }))
    expect(await answer.json()).toMatchObject({ strategy: 'geo', configuredStrategy: 'least-loaded' })
    expect(routing.router.choose('sales').strategy).toBe('geo')
    const back = await ask('/api/routing/pools/sales/strategy', 'operator', { method: 'DELETE' })
    expect(await back.json()).toMatchObject({ strategy: 'least-loaded' })
    expect(routing.router.choose('sales').strategy).toBe('least-loaded')
  })

  it('of weight and priority holds at once, by id or phone, and taken back is gone', async () => {
    const { ask } = await stage()
    const set = await ask('/api/routing/accounts/+971500000001', 'operator', put({ weight: 3, priority: 9 }))
    expect(await set.json()).toMatchObject({ account: 'uae-1', pool: 'sales', weight: 3, priority: 9 })
    const again = await ask('/api/routing/accounts/uae-1', 'operator', put({ weight: 4 }))
    expect(await again.json()).toMatchObject({ weight: 4, priority: 9 })
    const back = await ask('/api/routing/accounts/uae-1', 'operator', { method: 'DELETE' })
    expect(await back.json()).toMatchObject({ weight: 1, priority: 1 })
  })

  it('of the mode holds at once, is told, and keeps no phone number of its reason', async () => {
    const { ask, routing, of, sql } = await stage()
    const answer = await ask(
      '/api/accounts/uae-1/mode',
      'operator',
      put({ mode: 'maintenance', why: 'new SIM for +971501234567' }),
    )
    expect(await answer.json()).toMatchObject({
      account: 'uae-1',
      mode: 'maintenance',
      modeWhy: 'new SIM for +971***67',
      share: 0,
      why: 'in maintenance',
    })
    expect(routing.router.choose('sales')).toMatchObject({ account: null, reason: 'nobody' })
    expect(of('account.mode-changed')).toMatchObject([{ account: 'uae-1', from: 'up', to: 'maintenance' }])
    const [row] = await list(sql, { limit: 1 })
    expect(row).toMatchObject({ who: 'operator', what: 'mode.set', account: 'uae-1', origin: 'unknown' })
    expect(JSON.stringify(row)).not.toContain('1234567')
  })

  it.each([
    ['/api/routing/pools/x/strategy', { strategy: 'geo' }, '404 unknown-pool'],
    ['/api/routing/pools/sales/strategy', { strategy: 'random' }, '400 bad-body'],
    ['/api/routing/pools/sales/strategy', 'geo', '400 bad-body'],
    ['/api/routing/accounts/nobody', { weight: 1 }, '404 unknown-account'],
    ['/api/routing/accounts/uae-1', {}, '400 bad-body'],
    ['/api/routing/accounts/uae-1', { weight: 0 }, '400 bad-body'],
    ['/api/routing/accounts/uae-1', { weight: 1, color: 'red' }, '400 bad-body'],
    ['/api/routing/accounts/uae-1', { priority: 1.5 }, '400 bad-body'],
    ['/api/accounts/uae-1/mode', { mode: 'out' }, '400 bad-body'],
    ['/api/accounts/uae-1/mode', { mode: 'up', why: 'x'.repeat(201) }, '400 bad-body'],
    ['/api/accounts/uae-1/mode', { mode: 'up', why: 'a\u0000b' }, '400 bad-body'],
    ['/api/accounts/nobody/mode', { mode: 'up' }, '404 unknown-account'],
  ])('that cannot be is refused: %s %o', async (path, body, expected) => {
    const { ask, sql } = await stage()
    expect(await refusal(await ask(path, 'operator', put(body)))).toBe(expected)
    expect(await list(sql, { limit: 1 })).toEqual([])
  })

  it('takes back what is set for a pool or an account that nobody lists any more, and sets nothing', async () => {
    const { ask, sql, routing } = await stage()
    await sql.query(
      `INSERT INTO account (id, node, phone, pool, role, priority, weight, region, retired, changed_at)
       VALUES ('old-1', 'n', '+971500000099', 'old', 'backup', 3, '2.5', 'ksa', 1, 0)`,
    )
    const author = { who: 'me', origin: 'test' }
    await routing.book.setStrategy('old', 'geo', author)
    await routing.book.setAccount('old-1', { weight: 50 }, author)
    await routing.book.setMode('old-1', 'maintenance', 'a new SIM', author)
    expect(await (await ask('/api/routing?pool=old')).json()).toMatchObject({
      pools: [{ pool: 'old', strategy: 'geo', accounts: [] }],
    })
    const of = (what: string, method: string, body?: object) =>
      ask(what, 'operator', body ? put(body) : { method })
    const weight = await of('/api/routing/accounts/old-1', 'PUT', { weight: 1 })
    expect(await refusal(weight)).toBe('404 unknown-account')
    const drain = await of('/api/accounts/old-1/mode', 'PUT', { mode: 'draining' })
    expect(await refusal(drain)).toBe('404 unknown-account')
    const back = await of('/api/routing/accounts/old-1', 'DELETE')
    expect(await back.json()).toMatchObject({
      account: 'old-1',
      pool: 'old',
      weight: 2.5,
      share: 0,
      why: 'nobody lists it any more',
      mode: 'maintenance',
    })
    const up = await of('/api/accounts/old-1/mode', 'PUT', { mode: 'up' })
    expect(await up.json()).toMatchObject({ mode: 'up' })
    expect((await of('/api/routing/pools/old/strategy', 'DELETE')).status).toBe(200)
    expect(await refusal(await ask('/api/routing?pool=old'))).toBe('404 unknown-pool')
  })

  it('that the store does not take is a 503, and nothing has changed', async () => {
    const { ask, sql, routing } = await stage()
    await sql.query('DROP TABLE audit')
    const asked = await ask('/api/routing/pools/sales/strategy', 'operator', put({ strategy: 'geo' }))
    expect(await refusal(asked)).toBe('503 store-away')
    expect(routing.book.strategy('sales')).toBe('least-loaded')
  })

  it('says what is allowed', async () => {
    const { ask } = await stage()
    const asked = await ask('/api/routing/pools/sales/strategy', 'operator', put({ strategy: 'random' }))
    expect((await problem(asked))[2]).toBe(
      'strategy: found "random", allowed: least-loaded, round-robin, priority, geo',
    )
  })

  it.each([
    ['/api/routing/pools/sales/strategy', 'PUT'],
    ['/api/routing/pools/sales/strategy', 'DELETE'],
    ['/api/routing/accounts/uae-1', 'PUT'],
    ['/api/routing/accounts/uae-1', 'DELETE'],
    ['/api/accounts/uae-1/mode', 'PUT'],
  ])('is not for viewers: %s %s', async (path, method) => {
    const { ask } = await stage()
    expect(await refusal(await ask(path, 'viewer', { method }))).toBe('403 role')
  })
})

describe('GET /api/audit', () => {
  async function changed() {
    const it = await stage()
    for (const weight of [1, 2, 3]) await it.ask('/api/routing/accounts/uae-1', 'operator', put({ weight }))
    await it.ask('/api/routing/pools/sales/strategy', 'admin', put({ strategy: 'geo' }))
    return it
  }
  const body = async (answer: Response) =>
    (await answer.json()) as { entries: Record<string, unknown>[]; cursor: number | null }

  it('lists who changed what, newest first, page by page', async () => {
    const { ask } = await changed()
    const first = await body(await ask('/api/audit?limit=3'))
    expect(first.entries.map(({ seq, who, what }) => [seq, who, what])).toEqual([
      [4, 'admin', 'strategy.set'],
      [3, 'operator', 'weight.set'],
      [2, 'operator', 'weight.set'],
    ])
    expect(first.entries[0]).toMatchObject({
      pool: 'sales',
      account: null,
      outcome: 'done',
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { from: 'least-loaded', to: 'geo' },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    const second = await body(await ask(`/api/audit?limit=3&cursor=${first.cursor}`))
    expect(second.entries.map(({ seq }) => seq)).toEqual([1])
    expect(second.cursor).toBe(null)
  })

  it('by account, kind and time', async () => {
    const { ask } = await changed()
    const count = async (query: string) => (await body(await ask(`/api/audit?${query}`))).entries.length
    expect(await count('account=uae-1')).toBe(3)
    expect(await count('what=strategy.set')).toBe(1)
    expect(await count('pool=sales&since=2020-01-01T00:00:00Z')).toBe(4)
    expect(await count('until=2020-01-01T00:00:00Z')).toBe(0)
  })

  it('is not for viewers, nor for questions that mean nothing', async () => {
    const { ask } = await changed()
    expect(await refusal(await ask('/api/audit', 'viewer'))).toBe('403 role')
    for (const query of ['limit=0', 'limit=x', 'since=yesterday', 'account=../etc', 'what=;', 'color=red'])
      expect(await refusal(await ask(`/api/audit?${query}`))).toBe('400 bad-query')
  })

  it('is proven to admins, and a change is found', async () => {
    const { ask, sql } = await changed()
    expect(await refusal(await ask('/api/audit/verify'))).toBe('403 role')
    expect(await (await ask('/api/audit/verify', 'admin')).json()).toMatchObject({ ok: true, rows: 4 })
    await sql.query("UPDATE audit SET data = 'no JSON' WHERE seq = 2")
    expect(await (await ask('/api/audit/verify', 'admin')).json()).toMatchObject({
      ok: false,
      rows: 1,
      broken: { seq: 2, what: 'changed' },
    })
    expect((await body(await ask('/api/audit'))).entries[2]).toMatchObject({ data: 'no JSON' })
  })

  it('is shown and proven although a number in it is none of ours; a HEAD proves nothing', async () => {
    const { ask, sql } = await changed()
    await sql.query('UPDATE audit SET at = 9223372036854775807 WHERE seq = 2')
    const { entries } = await body(await ask('/api/audit'))
    expect(entries.map(({ seq }) => seq)).toEqual([4, 3, 2, 1])
    expect(await (await ask('/api/audit/verify', 'admin')).json()).toMatchObject({
      broken: { seq: 2, what: 'changed' },
    })
    expect((await ask('/api/audit/verify', 'admin', { method: 'HEAD' })).status).toBe(405)
  })
})

it.each([
  ['+971 50 576 0056', '+971***56'],
  ['ring 050-576-0056 first', 'ring 050***56 first'],
  ['(0)50.576.00.56 is new', '(0)5***56 is new'],
  ['since 2026-11-21, ticket 4711', 'since 2026-11-21, ticket 4711'],
])('a number that people wrote in groups does not stay in the trail for ever: %s', async (why, kept) => {
  const { ask, sql } = await stage()
  expect((await ask('/api/accounts/uae-1/mode', 'operator', put({ mode: 'draining', why }))).status).toBe(200)
  const [row] = await list(sql, { limit: 1 })
  expect(JSON.parse(row?.data ?? '')).toMatchObject({ why: kept })
})
