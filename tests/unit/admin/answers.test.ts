// What every answer has: an id that can be found in the log, and where it helps an ETag; what every list takes is understood by each.

import { expect, it, vi } from 'vitest'
import { adminStage, tokens } from './stage.ts'

it.each([
  ['its own', 'deploy-42.a_b', 'deploy-42.a_b'],
  ['none', undefined, /^[0-9a-f-]{36}$/],
  ['one with a blank', 'a b', /^[0-9a-f-]{36}$/],
  ['one with a line break', 'a%0d%0ab', /^[0-9a-f-]{36}$/],
  ['one that is too long', 'x'.repeat(65), /^[0-9a-f-]{36}$/],
])('a request with %s: an id in the answer, the refusal and the event', async (_, id, expected) => {
  const { ask, of } = await adminStage()
  const answer = await ask('/api/dashboard/connections/nobody', 'viewer', {
    headers: id === undefined ? {} : { 'x-request-id': id },
  })
  const given = answer.headers.get('x-request-id') ?? ''
  expect(given).toMatch(expected)
  expect(await answer.json()).toMatchObject({ instance: given, title: 'unknown-account' })
  expect(of('admin.answered')).toMatchObject([{ requestId: given }])
})

it('an error of our own is told with the id of its request', async () => {
  const { fleet, ...stage } = await adminStage()
  vi.spyOn(fleet, 'members').mockImplementationOnce(() => {
    throw new Error('on purpose')
  })
  const answer = await stage.ask('/api/dashboard/connections', 'viewer', {
    headers: { 'x-request-id': 'r-1' },
  })
  expect([answer.status, await answer.json()]).toMatchObject([500, { instance: 'r-1' }])
  expect(stage.requestIds).toEqual(['r-1'])
  expect(stage.errors).toMatchObject([{ message: 'on purpose' }])
})

it.each([
  '/api/dashboard/health-score',
  '/api/dashboard/qr-metrics',
  '/api/dashboard/qr-metrics/uae-1',
  '/api/health/metrics',
  '/api/health/uae-1',
  '/api/diagnoses',
  '/api/routing',
  '/api/dashboard/connections?fields=account,status',
])('%s is not sent again to who has it', async (path) => {
  const { ask, server } = await adminStage()
  server.last.to.open()
  const first = await ask(path, 'viewer')
  const etag = first.headers.get('etag') ?? ''
  expect(etag).toMatch(/^W\/"[0-9a-f]+"$/)
  expect(first.headers.get('cache-control')).toBe('private, no-cache')
  const again = await ask(path, 'viewer', { headers: { 'if-none-match': etag } })
  expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, ''])
  const other = await ask(path, 'viewer', { headers: { 'if-none-match': 'W/"0"' } })
  expect(other.status).toBe(200)
})

it('what changes with every look has none', async () => {
  const { ask } = await adminStage()
  for (const path of ['/api/dashboard/connections', '/api/dashboard/connections?fields=account,uptime'])
    expect((await ask(path, 'viewer')).headers.get('etag')).toBeNull()
})

it('a list is filtered, sorted, cut to fields and paged, and says where it goes on', async () => {
  const { ask, server, app } = await adminStage(3)
  server.sockets[1]?.to.open()
  const list = '/api/dashboard/connections'
  const read = async (path: string) => {
    const answer = await ask(path, 'viewer')
    const body = (await answer.json()) as {
      connections: object[]
      systemHealth: object
      nextCursor: string | null
    }
    return { ...body, link: answer.headers.get('link') }
  }
  const found = await read(`${list}?filter=status:connected,pairing -account:uae-3&fields=account,status`)
  expect(found.connections).toEqual([{ account: 'uae-2', status: 'CONNECTED' }])
  expect(found.systemHealth).toMatchObject({ activeAccounts: 1, disconnectedAccounts: 0 })
  const first = await read(`${list}?sort=-account&limit=2&fields=account`)
  expect(first.connections).toEqual([{ account: 'uae-3' }, { account: 'uae-2' }])
  const next = /^<(.+)>; rel="next"$/.exec(first.link ?? '')?.[1] ?? ''
  expect(next).toContain(`cursor=${first.nextCursor}`)
  const second = await read(next)
  expect([second.connections, second.nextCursor, second.link]).toEqual([[{ account: 'uae-1' }], null, null])
  const authorization = `Bearer ${tokens.viewer}`
  const wrong = await app.request(`${list}?cursor=${first.nextCursor}`, { headers: { authorization } })
  expect([wrong.status, await wrong.json()]).toMatchObject([400, { title: 'bad-cursor' }])
})

it('a list of the store is paged both ways and filtered by the store', async () => {
  const { ask, post, server, messages } = await adminStage()
  server.last.to.open()
  server.last.onSend = async ({ messageId }) => server.last.to.ack(messageId, null)
  messages.outbox.wakeAll()
  const ids: string[] = []
  for (let i = 0; i < 5; i++) {
    const answer = await post('/api/messages?wait=5s', { pool: 'sales', to: '+971500000009', text: `${i}` })
    ids.push(((await answer.json()) as { id: string }).id)
  }
  const walk = async (query: string): Promise<string[]> => {
    const seen: string[] = []
    for (let path: string | null = `/api/messages?limit=2&fields=id&${query}`; path; ) {
      const answer: Response = await ask(path, 'viewer')
      seen.push(...((await answer.json()) as { messages: { id: string }[] }).messages.map(({ id }) => id))
      path = /^<(.+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1] ?? null
    }
    return seen
  }
  expect(await walk('')).toEqual(ids.toReversed())
  expect(await walk('sort=acceptedAt')).toEqual(ids)
  expect(await walk('filter=state:acked open:false attempts:1 account:uae-*')).toEqual(ids.toReversed())
  expect(await walk('filter=-state:acked')).toEqual([])
  expect(await walk(`filter=id:${ids[2]}`)).toEqual([ids[2]])
})
