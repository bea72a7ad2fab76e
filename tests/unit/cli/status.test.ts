// `linda status` shows what a running agent says, and tells an agent that refuses from one that is not there.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { showStatus } from '../../../agent/cli/status.ts'
import { listen } from '../../../agent/http.ts'
import { adminStage, tokens } from '../admin/stage.ts'
import { temporaryFolder } from '../store/folder.ts'
import { terminal } from './io.ts'

let tokenFile: string
beforeEach(() => {
  tokenFile = join(temporaryFolder(), 'token')
  writeFileSync(tokenFile, `${tokens.viewer}\n`)
})

async function serve(app: Parameters<typeof listen>[0]): Promise<string> {
  const listener = await listen(app, { host: '127.0.0.1', port: 0 }, 'test')
  onTestFinished(() => listener.close(0))
  return listener.url
}
async function run(url: string, json = false, file = tokenFile) {
  const { io, said } = terminal({ LINDA_URL: url, LINDA_TOKEN_FILE: file })
  return { status: await showStatus({ json }, io), ...said }
}

it('shows every account of a running agent as a table', async () => {
  const { app, server } = await adminStage(2)
  server.sockets[0]?.to.open()
  server.sockets[0]?.to.frame()
  server.sockets[1]?.to.code('CODE', 60_000)
  const { status, out, err } = await run(await serve(app))
  expect([status, err]).toEqual([0, ''])
  expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['ACCOUNT', 'STATUS', 'EVIDENCE', 'UPTIME', 'LAST ACTIVITY', 'NEEDS'],
    ['uae-1', 'CONNECTED', 'yes', expect.stringMatching(/^\d+s$|^-$/), expect.stringMatching(/^\d{4}-/), '-'],
    ['uae-2', 'PAIRING', 'no', '-', '-', 'PAIRING_REQUIRED'],
    [''],
  ])
  expect(out).not.toMatch(/ \n/)
})

it('with --json gives the answer of the API as it is', async () => {
  const { app, ask } = await adminStage()
  const { status, out } = await run(await serve(app), true)
  expect(status).toBe(0)
  expect(JSON.parse(out)).toEqual(await (await ask('/api/dashboard/connections')).json())
})

it('an agent that refuses the token: status 2 with its words', async () => {
  const { app } = await adminStage()
  writeFileSync(tokenFile, 'linda_00000000_wrong')
  const url = await serve(app)
  const { status, out, err } = await run(url)
  expect({ status, out, err }).toEqual({
    status: 2,
    out: '',
    err: `${url} answered 401: nobody holds this token\n`,
  })
})

it('nobody there: status 1 that names the address', async () => {
  const listener = await listen(new Hono(), { host: '127.0.0.1', port: 0 }, 'test')
  await listener.close(0)
  const { status, err } = await run(listener.url)
  expect(status).toBe(1)
  expect(err).toMatch(new RegExp(`^cannot ask ${listener.url}: .*ECONNREFUSED`))
})

it.each([
  ['something that is no agent', (c: { text(body: string): Response }) => c.text('<html>hello</html>')],
])('%s at that address: status 1', async (_, handler) => {
  const url = await serve(new Hono().get('*', handler))
  const { status, out, err } = await run(url)
  expect([status, out]).toEqual([1, ''])
  expect(err).toContain(`cannot ask ${url}: `)
})

it('an address that is none: status 2', async () => {
  expect(await run('nonsense')).toMatchObject({
    status: 2,
    err: expect.stringContaining('LINDA_URL: found "nonsense"'),
  })
})

it('without a token file: status 2, says what is missing, and asks nobody', async () => {
  const { io, said } = terminal()
  expect(await showStatus({ json: false }, io)).toBe(2)
  expect(said.err).toContain('LINDA_TOKEN_FILE: found nothing')
  const absent = join(temporaryFolder(), 'absent')
  const { status, err } = await run('http://127.0.0.1:1', false, absent)
  expect(status).toBe(2)
  expect(err).toContain(`LINDA_TOKEN_FILE: cannot read ${absent}`)
})
