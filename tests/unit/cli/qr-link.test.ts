// `linda qr --link` prints an address and nothing else, and whoever opens it follows the codes of that account.

import { expect, it } from 'vitest'
import { follow } from '../admin/linking/reader.ts'
import { linda, linkingStage } from './linking-stage.ts'

it('the address is under LINDA_URL, and what stands in its fragment opens the stream', async () => {
  const { url, server, of } = await linkingStage()
  const { status, out, err } = await linda(url, { link: true }).end()
  expect(status).toBe(0)
  expect(out).toMatch(new RegExp(`^${url}/link/uae-1#link_[\\w-]{32}\\n$`))
  expect(err).toMatch(/^good until \d{4}-\d\d-\d\dT[\d:.]+Z, for the codes of this account only\n$/)
  expect(of('pairing.code-viewed')).toEqual([])
  const { origin, pathname, hash } = new URL(out.trim())
  expect((await fetch(origin + pathname)).status).toBe(200)
  server.last.to.code('2@A', 60_000)
  const reader = follow(
    await fetch(`${origin}${pathname}/stream`, { headers: { authorization: `Bearer ${hash.slice(1)}` } }),
  )
  expect(await reader.sees('code')).toMatchObject({ account: 'uae-1', code: '2@A' })
})

it('each is another one', async () => {
  const { url } = await linkingStage()
  const made = await Promise.all([1, 2, 3].map(() => linda(url, { link: true }).end()))
  expect(new Set(made.map(({ out }) => out)).size).toBe(3)
})

it('a viewer gets none: status 2', async () => {
  const { url, of } = await linkingStage()
  expect(await linda(url, { link: true }, 'viewer').end()).toEqual({
    status: 2,
    out: '',
    err: `${url} answered 403: your token has the role viewer; this needs operator\n`,
  })
  expect(of('pairing.link-made')).toEqual([])
})
