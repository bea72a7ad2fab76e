// Over the wire: new conversations spread, stay where they are, leave an account that drains alone, and move on when one is taken out.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

let scene: Scene
/** Who got the conversation with each person. */
const given = new Map<number, string>()
beforeAll(async () => {
  scene = await openScene({ paired: 3 })
  await scene.allUp(30_000)
}, 60_000)
afterAll(() => scene?.close())

const asJson = (method: string, body: object): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
/** Sends to person number `n`; answers the account that sent it, when the server has acknowledged it. */
async function send(n: number): Promise<string> {
  const answer = await scene.ask(
    '/api/messages?wait=10s',
    asJson('POST', { pool: 'default', to: `+44794601${String(n).padStart(4, '0')}`, text: `to ${n}` }),
  )
  const { account, state } = (await answer.json()) as { account: string; state: string }
  expect(['acked', 'delivered', 'read']).toContain(state)
  return account
}
const mode = (account: string, to: string) =>
  scene.ask(`/api/accounts/${account}/mode`, asJson('PUT', { mode: to, why: 'test' }))

it('spreads new conversations over the pool and keeps each with its account', async () => {
  for (let n = 0; n < 9; n++) given.set(n, await send(n))
  expect([...new Set(given.values())].sort()).toEqual(['p1', 'p2', 'p3'])
  for (const [n, account] of given) expect(await send(n)).toBe(account)
})

it('an account that drains keeps its conversations and gets no new ones', async () => {
  const [own = 0] = [...given].find(([, account]) => account === 'p1') ?? []
  expect((await mode('p1', 'draining')).status).toBe(200)
  for (let n = 100; n < 106; n++) expect(await send(n)).not.toBe('p1')
  expect(await send(own)).toBe('p1')
  await mode('p1', 'maintenance')
  const moved = await send(own)
  expect(moved).not.toBe('p1')
  await mode('p1', 'up')
  expect(await send(own)).toBe(moved)
})

it('waits where nobody may, and goes on when somebody may again', async () => {
  for (const account of ['p1', 'p2', 'p3']) await mode(account, 'maintenance')
  const answer = await scene.ask(
    '/api/messages',
    asJson('POST', { pool: 'default', to: '+447946019999', text: 'later' }),
  )
  expect(answer.status).toBe(202)
  const { id, state } = (await answer.json()) as { id: string; state: string }
  expect(state).toBe('parked')
  await mode('p2', 'up')
  const settled = await until('it is sent', async () => {
    const row = (await (await scene.ask(`/api/messages/${id}`)).json()) as { state: string; account: string }
    return ['acked', 'delivered', 'read'].includes(row.state) ? row : null
  })
  expect(settled.account).toBe('p2')
})

it('every change is in the audit trail, which is whole', async () => {
  const { entries } = (await (await scene.ask('/api/audit?what=mode.set')).json()) as { entries: object[] }
  expect(entries).toHaveLength(7)
  expect(await (await scene.ask('/api/audit/verify')).json()).toMatchObject({ ok: true, rows: 7 })
})
