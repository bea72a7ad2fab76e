// `linda status --watch` shows what is and what changes, and ends as it is told to.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { watchStatus } from '../../../agent/cli/watch.ts'
import { until } from '../../harness/until.ts'
import { type AdminStage, adminStage, tokens } from '../admin/stage.ts'
import { temporaryFolder } from '../store/folder.ts'
import { terminal } from './io.ts'
import { serve } from './linking-stage.ts'

function watch(url: string, { json = false, screen = false, token = tokens.viewer } = {}) {
  const file = join(temporaryFolder(), 'token')
  writeFileSync(file, `${token}\n`)
  const { io, said } = terminal({ LINDA_URL: url, LINDA_TOKEN_FILE: file })
  const leaving = new AbortController()
  const ended = watchStatus({ json }, { ...io, screen }, leaving.signal)
  const prints = (text: RegExp) =>
    until(
      () => `${text} in ${said.out}${said.err}`,
      () => text.test(said.out),
    )
  return { said, ended, prints, leave: () => leaving.abort() }
}
async function stage(): Promise<AdminStage & { url: string }> {
  const all = await adminStage(2)
  return { ...all, url: (await serve(all.app)).url }
}

it('on a screen every change is a new table, and Ctrl-C is status 0', async () => {
  const { url, server } = await stage()
  const { said, ended, prints, leave } = watch(url, { screen: true })
  await prints(/uae-2 +CONNECTING/)
  server.sockets[1]?.to.open()
  await prints(/uae-2 +CONNECTED/)
  leave()
  expect(await ended).toBe(0)
  expect(said.err).toBe('')
  const pictures = said.out.split('\x1b[H\x1b[2J')
  expect(pictures[0]).toBe('')
  for (const picture of pictures.slice(1))
    expect(picture.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual([
      'ACCOUNT',
      'uae-1',
      'uae-2',
      '',
    ])
})

it('elsewhere the table once, then a line for each change', async () => {
  const { url, server } = await stage()
  const { said, ended, prints, leave } = watch(url)
  await prints(/uae-2 +CONNECTING/)
  server.sockets[0]?.to.code('2@SECRET', 60_000)
  await prints(/status=PAIRING/)
  leave()
  expect(await ended).toBe(0)
  expect(said.out.split('\n').slice(3, 5)).toEqual([
    expect.stringMatching(/^\d{4}-\S+Z qr:generated uae-1 attempt=1 index=1 life=60000$/),
    expect.stringMatching(
      /^\S+ connection:status-changed uae-1 status=PAIRING previousStatus=CONNECTING reason=code-issued$/,
    ),
  ])
  expect(said.out).not.toContain('\x1b')
  expect(said.out).not.toContain('SECRET')
})

it('with --json every frame as it came', async () => {
  const { url } = await stage()
  const { said, ended, prints, leave } = watch(url, { json: true })
  await prints(/\n/)
  leave()
  expect(await ended).toBe(0)
  expect(JSON.parse(said.out.split('\n')[0] ?? '')).toMatchObject({ type: 'snapshot', resumed: false })
})

it('an agent that stops: status 1 with its words', async () => {
  const { url, live } = await stage()
  const { said, ended, prints } = watch(url)
  await prints(/uae-1/)
  await live.stop()
  expect(await ended).toBe(1)
  expect(said.err).toBe('the agent ended the stream: the agent stops\n')
})

it('an agent that is gone in the middle: status 1', async () => {
  const all = await adminStage(1)
  const listener = await serve(all.app)
  const { said, ended, prints } = watch(listener.url)
  await prints(/uae-1/)
  await listener.close(0)
  expect(await ended).toBe(1)
  expect(said.err).toMatch(/^the agent went away: /)
})

it('an agent that refuses: status 2; something that is no agent: status 1', async () => {
  const { url } = await stage()
  const refused = watch(url, { token: 'linda_00000000_wrong' })
  expect(await refused.ended).toBe(2)
  expect(refused.said.err).toContain('answered 401')
  const other = watch((await serve(new Hono().get('*', (c) => c.text('hello')))).url)
  expect(await other.ended).toBe(1)
  expect(other.said.err).toContain('what answers there is no Linda')
})
