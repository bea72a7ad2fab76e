// The document alone is enough to use the API: every operation of it answers as it says, to good requests and to bad ones, and to nobody without the right.

import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { addToken, mintToken } from '../../../../agent/admin/tokens.ts'
import { Secret } from '../../../../agent/config/secret.ts'
import type { Target } from '../../../../agent/webhooks/target.ts'
import { driftOf } from '../../../harness/contract.ts'
import { type AdminStage, adminStage, tokens } from '../stage.ts'
import { type Asked, badOf, type Declared, declared, goodOf, initOf } from './requests.ts'

const crm: Target = {
  id: 'crm',
  url: 'https://crm.example/hook',
  secrets: [new Secret('0123456789abcdef')],
  events: [],
  pools: [],
  timeoutMs: 1_000,
  concurrency: 1,
  limit: 100,
}

/** Two accounts that are linked and open, and a server that acknowledges. */
async function open(): Promise<AdminStage> {
  const stage = await adminStage(2, [crm])
  for (const socket of stage.server.sockets) {
    socket.to.open()
    socket.onSend = async ({ messageId }) => socket.to.ack(messageId, null)
  }
  stage.messages.outbox.wakeAll()
  return stage
}

/** Answers what is wrong with the answer; null where nothing is. */
async function ask(
  { app, errors }: AdminStage,
  { path, init, what }: Asked,
  token: string | null = tokens.admin,
): Promise<{ status: number; wrong: string | null; response: Response }> {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` }
  const response = await app.request(path, {
    ...init,
    headers: { ...(init.headers as Record<string, string>), ...authorization },
  })
  const drift = await driftOf(init.method ?? 'GET', path, response)
  const fault = errors.splice(0).map(String).join()
  await response.body?.cancel()
  const wrong = drift ?? (fault === '' ? null : `${init.method} ${path.slice(0, 80)}: ${fault}`)
  return { status: response.status, wrong: wrong && `${what}: ${wrong}`, response }
}

it('good requests are taken and answered as the document says', async () => {
  const stage = await open()
  const wrong: string[] = []
  for (const asked of declared.flatMap(goodOf)) {
    const { status, wrong: drift } = await ask(stage, asked)
    if (drift !== null) wrong.push(drift)
    else if (status === 400 || status >= 500) wrong.push(`${asked.init.method} ${asked.path}: ${status}`)
  }
  expect(wrong).toEqual([])
}, 60_000)

it('bad requests are refused as the document says, and never with a 500', async () => {
  const stage = await open()
  const wrong: string[] = []
  const taken = new Set<string>()
  for (const asked of declared.flatMap(badOf)) {
    const { status, wrong: drift } = await ask(stage, asked)
    if (drift !== null) wrong.push(drift)
    if (status === 500) wrong.push(`${asked.what}: ${asked.init.method} ${asked.path.slice(0, 80)}: 500`)
    if (asked.what === 'an unknown parameter' && status < 300) taken.add(asked.operation.operationId)
    if (
      /^(half|no JSON|bad UTF-8|a list|null|a number|a field too many|deep|huge)/.test(asked.what) &&
      status < 300
    )
      wrong.push(`${asked.what}: ${asked.init.method} ${asked.path} was taken`)
  }
  expect(wrong).toEqual([])
  // A page that is the same whatever is asked.
  expect([...taken]).toEqual(['linkingPage'])
}, 60_000)

it('nobody without a token, but for what needs none', async () => {
  const stage = await open()
  const opened: string[] = []
  for (const operation of declared) {
    const [asked] = goodOf(operation)
    if (!asked) continue
    const { status, wrong } = await ask(stage, asked, null)
    expect(wrong).toBeNull()
    if (status !== 401) opened.push(operation.operationId)
  }
  expect(opened.sort()).toEqual(['getDocument', 'getReference', 'linkingPage'])
  expect(declared.filter((each) => each['x-linda-role'] === 'open')).toHaveLength(3)
})

const ranks = { open: -1, viewer: 0, operator: 1, admin: 2 } as const

it.each(['viewer', 'operator', 'admin'] as const)(
  '%s: refused exactly what needs more',
  async (role) => {
    const stage = await open()
    for (const operation of declared) {
      const refused = await codeOf(stage, operation, tokens[role])
      // A viewer may not look at codes, which a link can.
      const enough =
        ranks[role] >= (operation.operationId === 'followLink' ? 1 : ranks[operation['x-linda-role']])
      expect(`${operation.operationId} ${refused === 'role'}`).toBe(`${operation.operationId} ${!enough}`)
    }
  },
  30_000,
)

it('a token of a pool: refused exactly what is of the whole fleet', async () => {
  const stage = await open()
  const { token, entry } = await mintToken('scoped', 'admin', { pools: ['sales'] })
  addToken(stage.tokensFile, entry)
  for (const operation of declared) {
    const refused = await codeOf(stage, operation, token)
    const isOfFleet = operation['x-linda-scope'] === 'fleet'
    expect(`${operation.operationId} ${refused === 'scope'}`).toBe(`${operation.operationId} ${isOfFleet}`)
  }
}, 30_000)

async function codeOf(stage: AdminStage, operation: Declared, token: string): Promise<string | null> {
  const [good] = goodOf(operation)
  if (!good) throw new Error('no request')
  const headers = { ...(initOf(operation).headers as object), authorization: `Bearer ${token}` }
  const response = await stage.app.request(good.path, { ...good.init, headers })
  if (response.status !== 403) {
    await response.body?.cancel()
    return null
  }
  return ((await response.json()) as { title: string }).title
}

it('what is served is what is committed, with an ETag and without a token', async () => {
  const stage = await adminStage()
  const committed = JSON.parse(await readFile('docs/openapi.json', 'utf8')) as object
  const served = await stage.ask('/openapi.json', null)
  const etag = served.headers.get('etag') ?? ''
  expect(await served.json()).toEqual(committed)
  const again = await stage.ask('/openapi.json', null, { headers: { 'if-none-match': etag } })
  expect([again.status, await again.text()]).toEqual([304, ''])
})

it('the page names every operation, asks for nothing and runs nothing', async () => {
  const stage = await adminStage()
  const page = await stage.ask('/reference', null)
  const html = await page.text()
  for (const { operationId, path } of declared) {
    expect(html).toContain(`id="${operationId}"`)
    expect(html).toContain(path)
  }
  expect(html).not.toMatch(/<(script|link|img|iframe|form)|<[^>]+\s(on\w+|src)=|@import|url\(/)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
})
