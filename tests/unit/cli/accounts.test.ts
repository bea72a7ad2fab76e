// `linda accounts`, `check`, `diagnose` and `reset-qr` against the real admin application: what a person reads, and the status that a script reads.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { showAccounts } from '../../../agent/cli/accounts.ts'
import { checkNow, resetQr } from '../../../agent/cli/check-now.ts'
import { diagnose, runbooks } from '../../../agent/cli/diagnose.ts'
import type { CommandIo } from '../../../agent/cli/io.ts'
import { issues } from '../../../agent/health/diagnosis.ts'
import { listen } from '../../../agent/http.ts'
import { adminStage, tokens } from '../admin/stage.ts'
import { temporaryFolder } from '../store/folder.ts'
import { terminal } from './io.ts'

let tokenFile: string
beforeEach(() => {
  tokenFile = join(temporaryFolder(), 'token')
  writeFileSync(tokenFile, `${tokens.operator}\n`)
})

type Command = (io: CommandIo) => Promise<number>

async function running(app: Parameters<typeof listen>[0]) {
  const listener = await listen(app, { host: '127.0.0.1', port: 0 }, 'test')
  onTestFinished(() => listener.close(0))
  return async (command: Command, over: Partial<CommandIo> = {}) => {
    const { io, said } = terminal({ LINDA_URL: listener.url, LINDA_TOKEN_FILE: tokenFile })
    return { status: await command({ ...io, ...over, env: { ...io.env, ...over.env } }), ...said }
  }
}

/** Three accounts: one open and alive, one shows a code, one still dials. */
async function stage() {
  const admin = await adminStage(3)
  admin.server.sockets[0]?.to.open()
  admin.server.sockets[0]?.to.frame()
  admin.server.sockets[1]?.to.code('CODE', 60_000)
  return { ...admin, run: await running(admin.app) }
}

const plain = { ids: false, json: false }
const cells = (out: string) => out.split('\n').map((line) => line.split(/ {2,}/))

describe('linda accounts', () => {
  it('shows pool, role, region, state, score and mode of each', async () => {
    const { run, routing } = await stage()
    await routing.book.setMode('uae-3', 'draining', '', { who: 't', origin: 't' })
    const { status, out, err } = await run((io) => showAccounts(plain, io))
    expect([status, err]).toEqual([0, ''])
    expect(cells(out)).toEqual([
      ['ACCOUNT', 'POOL', 'ROLE', 'REGION', 'STATE', 'SCORE', 'MODE'],
      ['uae-1', 'sales', 'primary', 'uae', 'CONNECTED', expect.stringMatching(/^(-|\d+)$/), 'up'],
      ['uae-2', 'sales', 'backup', 'uae', 'PAIRING', expect.any(String), 'up'],
      ['uae-3', 'sales', 'backup', 'uae', 'CONNECTING', expect.any(String), 'draining'],
      [''],
    ])
  })

  it.each([
    ['pairing', 'uae-2\n'],
    ['PAIRING', 'uae-2\n'],
    ['open', 'uae-1\n'],
    ['connected', 'uae-1\n'],
    ['logged-out', ''],
  ])('--state %s --ids prints the ids and nothing else', async (state, out) => {
    const { run } = await stage()
    expect(await run((io) => showAccounts({ ...plain, state, ids: true }, io))).toEqual({
      status: 0,
      out,
      err: '',
    })
  })

  it('--json has what the table has', async () => {
    const { run } = await stage()
    const { out } = await run((io) => showAccounts({ ...plain, state: 'open', json: true }, io))
    expect(JSON.parse(out)).toEqual({
      accounts: [
        expect.objectContaining({
          account: 'uae-1',
          pool: 'sales',
          status: 'CONNECTED',
          up: true,
          mode: 'up',
        }),
      ],
    })
  })

  it.each([
    ['a state', { state: 'dead' }, /^--state: found "dead", allowed: STOPPED, .*CONNECTED.*\n$/],
    ['a pool', { pool: 'sails' }, /answered 404: .*sails.*\n$/],
  ])('%s that nobody knows is a mistake: status 2', async (_, options, err) => {
    const { run } = await stage()
    expect(await run((io) => showAccounts({ ...plain, ...options }, io))).toEqual({
      status: 2,
      out: '',
      err: expect.stringMatching(err),
    })
  })
})

describe('colours', () => {
  const coded = '\u001b['
  it.each<[string, Partial<CommandIo>, boolean]>([
    ['a screen', { screen: true, env: {} }, true],
    ['a screen with an empty NO_COLOR', { screen: true, env: { NO_COLOR: '' } }, true],
    ['no screen', { screen: false, env: {} }, false],
    ['a screen and NO_COLOR=1', { screen: true, env: { NO_COLOR: '1' } }, false],
    ['a screen that knows none', { screen: true, env: { TERM: 'dumb' } }, false],
  ])('on %s: %o %s', async (_, over, coloured) => {
    const { run } = await stage()
    const { out } = await run((io) => showAccounts(plain, io), over)
    expect(out.includes(coded)).toBe(coloured)
    expect(out.split('\n')[0]).toContain('ACCOUNT')
  })
})

describe('linda check', () => {
  it('status 1 while one session is not alive, 0 when all that were asked are', async () => {
    const { run } = await stage()
    const all = await run((io) => checkNow(undefined, { json: false }, io))
    expect([all.status, all.err]).toEqual([1, ''])
    expect(all.out).toMatch(
      /^ACCOUNT .*ALIVE .*\nuae-1 +yes +open .*\nuae-2 +no +pairing .*\nuae-3 +no .*\n1 of 3 alive, in \d+ ms\n$/,
    )
    const one = await run((io) => checkNow('uae-1', { json: true }, io))
    expect(one.status).toBe(0)
    expect(JSON.parse(one.out)).toMatchObject({ checked: 1, alive: 1 })
    expect(await run((io) => checkNow('uae-2', { json: true }, io))).toMatchObject({ status: 1 })
  })

  it('an account that nobody configured: status 2, and none is asked', async () => {
    const { run } = await stage()
    expect(await run((io) => checkNow('uae-9', { json: false }, io))).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringContaining('no account has the id or phone "uae-9"'),
    })
  })
})

describe('linda reset-qr', () => {
  it('begins again, and refuses for an account that is open', async () => {
    const { run, server } = await stage()
    const before = server.sockets.length
    const { status, out } = await run((io) => resetQr('uae-2', { json: false }, io))
    expect([status, out]).toEqual([0, 'uae-2: begins again; show the code with: linda qr uae-2\n'])
    expect(server.sockets.length).toBeGreaterThan(before)
    expect(await run((io) => resetQr('uae-1', { json: false }, io))).toMatchObject({
      status: 2,
      err: expect.stringContaining('uae-1 is linked and open'),
    })
  })

  it('a viewer may not: status 2', async () => {
    writeFileSync(tokenFile, `${tokens.viewer}\n`)
    const { run } = await stage()
    expect(await run((io) => resetQr('uae-2', { json: false }, io))).toMatchObject({
      status: 2,
      err: expect.stringContaining('403'),
    })
  })
})

describe('linda diagnose', () => {
  const finding = {
    issue: 'ZOMBIE_SESSION',
    severity: 'CRITICAL',
    analysis: { pattern: 'P', rootCause: 'R', impact: 'I' },
    numbers: {},
    recommendations: [{ action: 'RESTART', value: null, expectedImprovement: 'it lives' }],
  }
  const at = '2026-11-21T10:00:00.000Z'
  const accounts = Array.from({ length: 12 }, (_, i) => `uae-${i + 1}`)
  const app = () =>
    new Hono()
      .get('/api/diagnoses', (c) =>
        c.json({ diagnoses: [{ ...finding, affectedAccounts: accounts, detectedAt: at }] }),
      )
      .get('/api/routing', (c) => c.json({ pools: [] }))
      .get('/api/messages', (c) => c.json({ messages: [], nextCursor: null }))
      .get('/api/diagnoses/:id', (c) =>
        c.json({
          accountStatus: { account: c.req.param('id'), issues: [{ ...finding, issue: 'NEW', since: at }] },
        }),
      )

  it('says nothing is wrong where nothing is', async () => {
    const { run } = await stage()
    for (const account of [undefined, 'uae-1'])
      expect(await run((io) => diagnose(account, { json: false }, io))).toEqual({
        status: 0,
        out: 'nothing is wrong\n',
        err: '',
      })
    const { out } = await run((io) => diagnose('uae-1', { json: true }, io))
    expect(JSON.parse(out).accountStatus.diagnostic).toBe('OPTIMAL')
  })

  it('what, why, what it costs, what to do and where more is said; many accounts are one line', async () => {
    const run = await running(app())
    const { status, out } = await run((io) => diagnose(undefined, { json: false }, io))
    expect(status).toBe(0)
    expect(out).toBe(
      `CRITICAL  ZOMBIE_SESSION  ${accounts.slice(0, 10).join(', ')} and 2 more, since ${at}\n` +
        '  what: P\n  why: R\n  cost: I\n  do: RESTART (it lives)\n  more: docs/runbooks/SessionZombie.md\n',
    )
  })

  it('a pool of which nobody may send is told, with what waits in it', async () => {
    const { run, routing, messages } = await stage()
    for (const id of ['uae-1', 'uae-2', 'uae-3'])
      await routing.book.setMode(id, 'maintenance', '', { who: 't', origin: 't' })
    const { status, out } = await run((io) => diagnose(undefined, { json: false }, io))
    expect(status).toBe(0)
    expect(out).toMatch(
      /^HIGH {2}POOL_SILENT {2}sales, since \d{4}-.*Z\n {2}what: nobody .*\n {2}why: uae-1, uae-2, uae-3: in maintenance\n {2}do: linda routing sales .*\n {2}more: docs\/runbooks\/PoolDown\.md\n\nno session is ill\n$/,
    )
    const body = { caller: 't', key: null, body: '', pool: 'sales', account: null, region: null }
    const content = { type: 'text' as const, text: 'x' }
    const times = { notBefore: null, expiresAt: Date.now() + 60_000, trace: null }
    await messages.outbox.accept({ ...body, ...times, to: '+971500000009', content })
    const json = await run((io) => diagnose(undefined, { json: true }, io))
    expect(JSON.parse(json.out).pools).toMatchObject([{ pool: 'sales', silent: true }])
    const one = await run((io) => diagnose('uae-1', { json: false }, io))
    expect(one.out).toBe('uae-1 takes no new conversation: in maintenance\nits session is not ill\n')
  })

  it('parked messages are counted; where the store is away the rest is told', async () => {
    const messages = Array.from({ length: 3 }, () => ({ pool: 'sales', acceptedAt: at }))
    const pools = [{ pool: 'sales', accounts: [] }]
    const fake = (answer: () => Response) =>
      new Hono()
        .get('/api/diagnoses', (c) => c.json({ diagnoses: [] }))
        .get('/api/routing', (c) => c.json({ pools }))
        .get('/api/messages', answer)
    const many = await running(fake(() => Response.json({ messages, nextCursor: 'more' })))
    const told = await many((io) => diagnose(undefined, { json: false }, io))
    expect(told.out).toContain(`at least 3 parked messages wait, the oldest since ${at}`)
    expect(told.out).toMatch(/^CRITICAL {2}POOL_SILENT/)
    const away = await running(fake(() => Response.json({ detail: 'the store is away' }, { status: 503 })))
    expect(await away((io) => diagnose(undefined, { json: false }, io))).toMatchObject({
      status: 0,
      out: 'nothing is wrong\n',
      err: expect.stringContaining('whether messages are parked is not known'),
    })
  })

  it('an issue of a newer agent is shown too', async () => {
    const run = await running(app())
    const { out } = await run((io) => diagnose('uae-1', { json: false }, io))
    expect(out).toMatch(/^CRITICAL {2}NEW {2}uae-1, since .*\n(.*\n)*.*docs\/runbooks\/README\.md\n$/)
  })

  it.each(issues)('%s has a runbook', (issue) => {
    const page = `docs/runbooks/${runbooks[issue]}.md`
    expect(existsSync(join(import.meta.dirname, '../../..', page)), page).toBe(true)
  })
})
