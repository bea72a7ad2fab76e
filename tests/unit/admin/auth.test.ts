// Nobody gets in without a token of sufficient role, and guessing leads to a closed door.

import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type AdminStage, adminStage, problem, refusal, tokens } from './stage.ts'

afterEach(() => vi.restoreAllMocks())
const list = '/api/dashboard/connections'
const wrong = { headers: { authorization: `Bearer linda_00000000_${'x'.repeat(32)}` } }

/** The same application behind a real listener, which knows the address of who asks. */
async function served({ app }: AdminStage): Promise<string> {
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.on('listening', () => resolve()))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('without a good token', () => {
  it.each<[string, Record<string, string>]>([
    ['no header', {}],
    ['another scheme', { authorization: `Basic ${tokens.admin}` }],
    ['a bearer without a token', { authorization: 'Bearer ' }],
    ['two tokens', { authorization: `Bearer ${tokens.admin} ${tokens.admin}` }],
  ])('%s: 401 that says what is needed', async (_, headers) => {
    const { ask, of } = await adminStage()
    const response = await ask(list, null, { headers })
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="linda"')
    expect(await problem(response)).toEqual([
      401,
      'no-token',
      expect.stringContaining('Authorization: Bearer'),
    ])
    expect(of('admin.refused')).toMatchObject([{ why: 'no-token' }])
  })

  it('a wrong token: 401', async () => {
    const { ask, of } = await adminStage()
    expect(await refusal(await ask(list, null, wrong))).toBe('401 bad-token')
    expect(of('admin.refused')).toMatchObject([{ why: 'bad-token', client: 'unknown' }])
  })

  it.each(['/api/nothing', '/api/messages', `${list}/uae-1/qr`])(
    '%s does not even say whether it exists',
    async (path) => {
      const { ask } = await adminStage()
      expect(await refusal(await ask(path, null))).toBe('401 no-token')
    },
  )
})

describe('guessing', () => {
  it('is answered with a closed door from the 21st on, until a minute has passed', async () => {
    const { ask, of } = await adminStage()
    for (let i = 0; i < 20; i++) expect((await ask(list, null, wrong)).status).toBe(401)
    const refused = await ask(list, null, wrong)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(61)
    expect(await refusal(refused)).toBe('429 locked-out')
    expect(of('admin.refused').at(-1)).toMatchObject({ why: 'locked-out' })
    const now = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 60_001)
    await expect.poll(async () => (await ask(list, null, wrong)).status).toBe(401)
  })

  it('never locks out who holds a right token, whatever others at that address do', async () => {
    const { ask } = await adminStage()
    for (let i = 0; i < 40; i++) await ask(list, null, wrong)
    expect((await ask(list, 'viewer')).status).toBe(200)
  })

  it('all at once counts as one by one', async () => {
    const { ask } = await adminStage()
    const answers = await Promise.all(Array.from({ length: 25 }, () => ask(list, null, wrong)))
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5)
  })

  it('forgetting the token is no guess', async () => {
    const { ask } = await adminStage()
    for (let i = 0; i < 25; i++) await ask(list, null)
    expect((await ask(list, 'viewer')).status).toBe(200)
  })

  it('is held against the address that asks, not against one that it claims', async () => {
    const stage = await adminStage()
    const url = await served(stage)
    for (let i = 0; i < 20; i++)
      await fetch(url + list, { headers: { ...wrong.headers, 'x-forwarded-for': `10.0.0.${i}` } })
    expect((await fetch(url + list, wrong)).status).toBe(429)
    expect(stage.of('admin.refused').at(-1)).toMatchObject({ client: '127.0.0.1' })
    expect((await stage.ask(list)).status).toBe(200) // another address
  })
})

describe('roles', () => {
  it.each([
    ['GET', list, 'viewer'],
    ['GET', `${list}/uae-1`, 'viewer'],
    ['POST', '/api/messages', 'operator'],
    ['GET', `${list}/uae-1/qr?format=nonsense`, 'operator'],
    ['POST', '/api/dashboard/quick-actions/nobody/reset-qr', 'operator'],
  ] as const)('%s %s needs %s', async (method, path, least) => {
    const { ask, of } = await adminStage()
    for (const role of ['viewer', 'operator', 'admin'] as const) {
      const response = await ask(path, role, { method })
      const allowed = role !== 'viewer' || least === 'viewer'
      expect(response.status === 403).toBe(!allowed)
      if (!allowed)
        expect(await problem(response)).toMatchObject([403, 'role', expect.stringContaining('viewer')])
    }
    expect(of('admin.refused')).toHaveLength(least === 'viewer' ? 0 : 1)
  })
})

describe('a link to one linking page', () => {
  const stream = '/link/uae-1/stream'
  async function linked() {
    const stage = await adminStage()
    const made = await stage.post('/api/dashboard/quick-actions/uae-1/link', undefined)
    const { path } = (await made.json()) as { path: string }
    return { ...stage, held: { headers: { authorization: `Bearer ${path.split('#')[1]}` } } }
  }

  it.each([
    ['GET', list],
    ['GET', `${list}/uae-1`],
    ['GET', `${list}/uae-1/qr`],
    ['GET', `${list}/uae-1/linking`],
    ['POST', '/api/dashboard/quick-actions/uae-1/reset-qr'],
    ['POST', '/api/dashboard/quick-actions/uae-1/pairing-code'],
    ['POST', '/api/dashboard/quick-actions/uae-1/link'],
    ['GET', '/api/dashboard/qr-metrics'],
    ['POST', '/api/messages'],
    ['GET', '/api/events'],
    ['GET', '/api/store/backup'],
    ['GET', '/api/nothing'],
  ])('is no token for %s %s', async (method, path) => {
    const { ask, held } = await linked()
    expect(await refusal(await ask(path, null, { ...held, method }))).toBe('401 bad-token')
  })

  it('opens its page however often, and counts as no guess there', async () => {
    const { ask, held, of } = await linked()
    // More at once than a link has places would be refused for another reason.
    for (let i = 0; i < 8; i++) {
      const response = await ask(stream, null, held)
      expect(response.status).toBe(200)
      await response.body?.cancel()
    }
    expect(of('admin.refused')).toEqual([])
  })

  it('does not wipe out what was guessed, and neither does a token of the file', async () => {
    const { ask, held } = await linked()
    for (let i = 0; i < 20; i++) await ask(stream, null, wrong)
    await (await ask(stream, null, held)).body?.cancel()
    expect(await refusal(await ask(stream, null, wrong))).toBe('429 locked-out')
    expect((await ask(list, 'viewer')).status).toBe(200)
    expect(await refusal(await ask(stream, null, wrong))).toBe('429 locked-out')
  })

  it.each([
    ['first the API', list, stream],
    ['first the page', stream, list],
  ])('wrong tokens are counted over both doors, %s', async (_, first, second) => {
    const { ask } = await adminStage()
    for (let i = 0; i < 12; i++) expect((await ask(first, null, wrong)).status).toBe(401)
    for (let i = 0; i < 8; i++) expect((await ask(second, null, wrong)).status).toBe(401)
    for (const path of [first, second])
      expect(await refusal(await ask(path, null, wrong))).toBe('429 locked-out')
  })
})
