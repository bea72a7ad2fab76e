// `linda qr` tells an agent that refuses (status 2) from one that is not there or goes away (status 1), in one sentence and never with a stack.

import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import type { QrOptions } from '../../../agent/cli/qr.ts'
import { showQr } from '../../../agent/cli/qr.ts'
import { terminal } from './io.ts'
import { linda, linkingStage, serve } from './linking-stage.ts'

const ways: [string, QrOptions][] = [
  ['linda qr', {}],
  ['linda qr --json', { json: true }],
  ['linda qr --code', { code: true }],
  ['linda qr --link', { link: true }],
]

describe.each(ways)('%s', (_, options) => {
  it('with the token of a viewer: status 2 with the words of the agent', async () => {
    const { url, server } = await linkingStage()
    const { status, out, err } = await linda(url, options, 'viewer').end()
    expect([status, out]).toEqual([2, ''])
    expect(err).toBe(`${url} answered 403: your token has the role viewer; this needs operator\n`)
    expect(server.alive).toHaveLength(1)
  })

  it('for an account that nobody configured: status 2', async () => {
    const { url } = await linkingStage(0)
    expect(await linda(url, options).end()).toEqual({
      status: 2,
      out: '',
      err: `${url} answered 404: no account has the id or phone "uae-1"\n`,
    })
  })

  it('nobody there: status 1', async () => {
    const gone = await serve(new Hono())
    await gone.close(0)
    const { status, out, err } = await linda(gone.url, options).end()
    expect([status, out]).toEqual([1, ''])
    expect(err).toMatch(new RegExp(`^cannot ask ${gone.url}: .*ECONNREFUSED.*\n$`))
  })

  it.each<[string, (c: { text(body: string): Response; json(body: object): Response }) => Response]>([
    ['a page', (c) => c.text('<html>hello</html>')],
    ['other JSON', (c) => c.json({ hello: 'world' })],
    ['JSON that is nothing', () => new Response('null', { headers: { 'content-type': 'application/json' } })],
    ['nothing', () => new Response(null)],
  ])('%s of something that is no Linda: status 1 in one sentence', async (_what, handler) => {
    const { url } = await serve(new Hono().all('*', handler))
    const { status, out, err } = await linda(url, options).end()
    expect([status, out]).toEqual([1, ''])
    expect(err).toMatch(new RegExp(`^cannot ask ${url}: .*\n$`))
  })
})

it('--code for a session that is linked: status 2, and it stays linked', async () => {
  const { url, server } = await linkingStage()
  server.last.to.open()
  const { status, err } = await linda(url, { code: true }).end()
  expect([status, err]).toEqual([2, expect.stringContaining('409: uae-1 is linked and open')])
  expect(server.last.closed).toBeNull()
})

it('without a token file: status 2, and nobody is asked', async () => {
  const { io, said } = terminal({ LINDA_URL: 'http://127.0.0.1:1' })
  expect(await showQr('uae-1', {}, io)).toBe(2)
  expect(said.err).toContain('LINDA_TOKEN_FILE: found nothing')
})

it.each(['../../api', 'a/b?c#d', '%', 'ä ö'])(
  'an account named "%s" is asked for as it is: status 2',
  async (name) => {
    const asked: string[] = []
    const { url } = await serve(
      new Hono().all('*', (c) => {
        asked.push(new URL(c.req.url).pathname)
        return c.json({ detail: 'no account' }, 404)
      }),
    )
    const { status, err } = await linda(url, {}, 'operator', name).end()
    expect([status, err]).toEqual([2, `${url} answered 404: no account\n`])
    expect(asked).toEqual([`/api/dashboard/connections/${encodeURIComponent(name)}/linking`])
  },
)
