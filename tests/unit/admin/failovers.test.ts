// Failovers over the API: a wish is checked before anything happens, every step can be read, and only operators decide.

import { expect, it } from 'vitest'
import { until } from '../../harness/until.ts'
import { type AdminStage, adminStage, problem, refusal } from './stage.ts'

const path = '/api/failovers'

interface Shown {
  id: string
  state: string
  chosen: string | null
  open: boolean
  steps: { state: string; note?: string }[]
  ranking: { account: string; rank: number | null; why: string }[]
}

/** Two accounts of one pool; the second is open. */
async function open(opened = [0, 1]): Promise<AdminStage> {
  const stage = await adminStage(2)
  for (const i of opened) stage.server.sockets[i]?.to.open()
  return stage
}

async function ended(stage: AdminStage, id: string): Promise<Shown> {
  return until('it has ended', async () => {
    const shown = (await (await stage.ask(`${path}/${id}`, 'viewer')).json()) as Shown
    return shown.open ? null : shown
  })
}

it('a planned switch-over: accepted, every step, and why the other one', async () => {
  const stage = await open()
  const response = await stage.post(path, { from: 'uae-1' })
  expect(response.status).toBe(202)
  const { id } = (await response.json()) as Shown
  expect(response.headers.get('location')).toBe(`${path}/${id}`)
  const shown = await ended(stage, id)
  expect(shown).toMatchObject({ state: 'active', chosen: 'uae-2' })
  expect(shown.steps.map(({ state }) => state)).toEqual([
    'detected',
    'fenced',
    'chosen',
    'transferred',
    'activating',
    'active',
  ])
  expect(shown.ranking).toEqual([
    {
      account: 'uae-2',
      rank: 1,
      why: expect.stringMatching(/^backup, priority 1, the same region, \w+, 0 messages$/),
    },
  ])
  const list = (await (await stage.ask(`${path}?account=uae-1`, 'viewer')).json()) as { failovers: Shown[] }
  expect(list.failovers.map((each) => each.id)).toEqual([id])
  const byPhone = await stage.ask(`${path}?account=%2B971500000001`, 'viewer')
  expect(((await byPhone.json()) as typeof list).failovers.map((each) => each.id)).toEqual([id])
  expect((await problem(await stage.ask(`${path}?when=now`, 'viewer')))[2]).toMatch(/^query: /)
})

it('nobody who could take over: given back, with the words', async () => {
  const stage = await open([0])
  const { id } = (await (await stage.post(path, { from: 'uae-1', kind: 'forced' })).json()) as Shown
  const shown = await ended(stage, id)
  expect(shown.state).toBe('rolled-back')
  expect(shown.steps.at(-1)?.note).toBe('nobody may take over')
  expect(shown.ranking).toEqual([{ account: 'uae-2', rank: null, why: 'its session is connecting' }])
  expect(stage.routing.book.mode('uae-1')).toBe('up')
}, 15_000)

it('one at a time for each account: 409', async () => {
  const stage = await open([0])
  const both = await Promise.all([stage.post(path, { from: 'uae-1' }), stage.post(path, { from: 'uae-1' })])
  expect(both.map(({ status }) => status).sort()).toEqual([202, 409])
})

it.each<[string, unknown, number, string]>([
  ['no JSON', '{', 400, 'the body is not JSON'],
  ['nothing', {}, 400, 'from: '],
  ['an unknown account', { from: 'nobody' }, 404, '"nobody"'],
  ['an unknown target', { from: 'uae-1', to: 'nobody' }, 404, '"nobody"'],
  ['itself', { from: 'uae-1', to: 'uae-1' }, 400, 'to: found from itself'],
  ['an unknown kind', { from: 'uae-1', kind: 'sudden' }, 400, 'kind: '],
  ['an unknown key', { from: 'uae-1', when: 'now' }, 400, 'body: '],
])('%s: %d', async (_, body, status, words) => {
  const { post } = await open()
  const [code, , detail] = await problem(await post(path, body))
  expect(code).toBe(status)
  expect(detail).toContain(words)
})

it('switched off and on, and cleared, by operators only', async () => {
  const stage = await open()
  const put = (role: 'viewer' | 'operator', automatic: string) =>
    stage.ask(`${path}/switch`, role, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ automatic }),
    })
  expect(await refusal(await put('viewer', 'off'))).toBe('403 role')
  expect(await refusal(await stage.post(path, { from: 'uae-1' }, 'viewer'))).toBe('403 role')
  expect(await (await put('operator', 'off')).json()).toEqual({ automatic: 'off' })
  expect(await (await stage.ask(path, 'viewer')).json()).toMatchObject({ automatic: 'off' })
  expect(await (await put('operator', 'on')).json()).toEqual({ automatic: 'on' })
  expect(await refusal(await put('operator', 'maybe'))).toBe('400 bad-body')
  await stage.routing.book.setMode('uae-1', 'out', 'failover: zombie', { who: 'test', origin: 'test' })
  expect(await (await stage.post(`${path}/clear`, { account: 'uae-1' })).json()).toMatchObject({
    cleared: true,
  })
  expect(stage.routing.book.mode('uae-1')).toBe('up')
  expect(await refusal(await stage.ask(`${path}/0000`, 'viewer'))).toBe('404 not-found')
})

it('an account that was taken out of the configuration can still give away what waits for it', async () => {
  const stage = await open()
  await stage.sql.query(
    `INSERT INTO account (id, node, phone, pool, role, priority, weight, region, retired, changed_at)
     VALUES ('gone', 'node-1', '+971500000099', 'sales', 'primary', 1, '1', 'uae', 1, 1)`,
  )
  const response = await stage.post(path, { from: 'gone', kind: 'forced' })
  expect(response.status).toBe(202)
  const shown = await ended(stage, ((await response.json()) as Shown).id)
  expect(shown).toMatchObject({ state: 'active' })
})

it('cleared while one is under way: 409, and it stays out', async () => {
  const stage = await open([0])
  await stage.post(path, { from: 'uae-1', kind: 'forced' })
  expect(await refusal(await stage.post(`${path}/clear`, { account: 'uae-1' }))).toBe('409 under-way')
  await until('it is fenced', () => stage.routing.book.mode('uae-1') === 'out')
})

it('what is no id is not looked for, and a store that is away is 503', async () => {
  const stage = await open()
  expect(await refusal(await stage.ask(`${path}/%00`, 'viewer'))).toBe('404 not-found')
  await stage.sql.close()
  const id = '01890000-0000-7000-8000-000000000000'
  for (const response of [
    await stage.ask(path, 'viewer'),
    await stage.ask(`${path}/${id}`, 'viewer'),
    await stage.post(path, { from: 'uae-1' }),
    await stage.post(`${path}/clear`, { account: 'uae-1' }),
  ])
    expect(await refusal(response)).toBe('503 store-away')
  expect(stage.errors).toEqual([])
})

it.each([
  ['up', '409 under-way', 'out'],
  ['draining', '409 under-way', 'out'],
  ['maintenance', '200', 'maintenance'],
] as const)('put into %s while one is under way: %s, and it is %s', async (mode, answer, after) => {
  const stage = await open([0])
  await stage.post(path, { from: 'uae-1', kind: 'forced' })
  await until('it is fenced', () => stage.routing.book.mode('uae-1') === 'out')
  const response = await stage.ask('/api/accounts/uae-1/mode', 'operator', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mode }),
  })
  expect(response.ok ? String(response.status) : await refusal(response)).toBe(answer)
  expect(stage.routing.book.mode('uae-1')).toBe(after)
})
