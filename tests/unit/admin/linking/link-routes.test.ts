// A link opens the stream of the account that it was made for; of every other account its holder is told the same.

import { describe, expect, it } from 'vitest'
import { type AdminStage, adminStage, problem, refusal } from '../stage.ts'
import { start, stopClock } from './clock.ts'
import { follow } from './reader.ts'

const make = '/api/dashboard/quick-actions/uae-1/link'
const quarter = 15 * 60_000

interface Link {
  phoneNumber: string
  account: string
  path: string
  expires: string
}
async function linkOf({ post }: AdminStage): Promise<Link & { token: string }> {
  const link = (await (await post(make, undefined)).json()) as Link
  return { ...link, token: link.path.split('#')[1] ?? '' }
}
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

describe('a link', () => {
  it('is a path with a token in its fragment, which no log sees, and says when it ends', async () => {
    stopClock()
    const { post, of } = await adminStage()
    const response = await post(make, undefined)
    expect(response.status).toBe(201)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual({
      phoneNumber: '+971500000001',
      account: 'uae-1',
      path: expect.stringMatching(/^\/link\/uae-1#link_[\w-]{32}$/),
      expires: new Date(start + quarter).toISOString(),
    })
    expect(of('pairing.link-made')).toMatchObject([{ account: 'uae-1' }])
  })

  it('never stands in an event, made or used', async () => {
    const stage = await adminStage()
    const { token } = await linkOf(stage)
    await follow(await stage.ask('/link/uae-1/stream', null, bearer(token))).sees('waiting')
    await refusal(await stage.ask('/link/uae-2/stream', null, bearer(token)))
    expect(JSON.stringify(stage.events)).not.toContain(token)
  })

  it.each(['uae-1', '%2B971500000001', '971500000001'])(
    'opens the stream of its account as %s',
    async (key) => {
      const stage = await adminStage()
      const { token } = await linkOf(stage)
      stage.server.last.to.code('2@CODE', 60_000)
      const reader = follow(await stage.ask(`/link/${key}/stream`, null, bearer(token)))
      expect(await reader.sees('code')).toMatchObject({ account: 'uae-1', code: '2@CODE' })
    },
  )

  it('tells an account of somebody else and one that does not exist by nothing', async () => {
    const stage = await adminStage(2)
    const { token } = await linkOf(stage)
    const sameId = (t: string): RequestInit => ({ headers: { ...bearer(t).headers, 'x-request-id': 'same' } })
    const answers = await Promise.all(
      ['uae-2', 'nobody', '%2B971500000002', '__proto__'].map(async (key) => {
        const response = await stage.ask(`/link/${key}/stream`, null, sameId(token))
        return [[...response.headers], await problem(response)]
      }),
    )
    expect(answers[0]?.[1]).toEqual([403, 'role', expect.stringContaining('not for the codes')])
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(stage.of('admin.refused').map(({ why, route }) => [why, route])).toEqual(
      answers.map(() => ['role', '/link/:phoneNumber/stream']),
    )
  })

  it('is worth nothing after a quarter of an hour, for who comes and for who reads', async () => {
    const pass = stopClock()
    const stage = await adminStage()
    const { token } = await linkOf(stage)
    const open = () => stage.ask('/link/uae-1/stream', null, bearer(token))
    await pass(quarter - 1)
    const reader = follow(await open())
    await reader.sees('waiting')
    await pass(2)
    expect(await refusal(await open())).toBe('401 bad-token')
    await reader.end()
    stage.server.last.to.code('2@CODE', 60_000)
    expect(reader.frames.map(({ state }) => state)).toEqual(['waiting'])
  })

  it('has ten places, and leaves the others to operators', async () => {
    const stage = await adminStage()
    const { token } = await linkOf(stage)
    const open = () => stage.ask('/link/uae-1/stream', null, bearer(token))
    for (let i = 0; i < 10; i++) follow(await open())
    expect(await refusal(await open())).toBe('503 too-many-streams')
    expect((await stage.ask('/link/uae-1/stream')).status).toBe(200)
  })

  it.each(['viewer', null] as const)('is not made for %s', async (role) => {
    const { ask, of } = await adminStage()
    expect((await ask(make, role, { method: 'POST' })).status).toBe(role ? 403 : 401)
    expect(of('pairing.link-made')).toEqual([])
  })

  it('of an account that nobody configured: 404', async () => {
    const { post } = await adminStage()
    expect(await refusal(await post('/api/dashboard/quick-actions/nobody/link', undefined))).toBe(
      '404 unknown-account',
    )
  })
})
