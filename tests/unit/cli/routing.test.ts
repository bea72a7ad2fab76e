// `linda routing`, `strategy`, `account` and `audit` say what the agent says, and answer the exit status that fits.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { Hono } from 'hono'
import { expect, it, onTestFinished } from 'vitest'
import type { AdminEnv } from '../../../agent/admin/auth.ts'
import { addRoutingCommands } from '../../../agent/cli/routing-commands.ts'
import { listen } from '../../../agent/http.ts'
import { adminStage, tokens } from '../admin/stage.ts'
import { temporaryFolder } from '../store/folder.ts'
import { terminal } from './io.ts'

/** Runs command lines against an application. */
async function against(app: Hono<AdminEnv> | Hono, role: keyof typeof tokens = 'admin') {
  const listener = await listen(app, { host: '127.0.0.1', port: 0 }, 'test')
  onTestFinished(() => listener.close(0))
  const file = join(temporaryFolder(), 'token')
  writeFileSync(file, `${tokens[role]}\n`)
  return async (...line: string[]) => {
    const { io, said } = terminal({ LINDA_URL: listener.url, LINDA_TOKEN_FILE: file })
    let status = -1
    const program = new Command('linda').exitOverride().configureOutput({ writeErr: (text) => io.err(text) })
    addRoutingCommands(program, io, (found) => {
      status = found
    })
    await program.parseAsync(line, { from: 'user' }).catch(() => {
      status = 2
    })
    return { status, ...said, json: () => JSON.parse(said.out) }
  }
}

async function stage(role?: keyof typeof tokens) {
  const it = await adminStage(2)
  it.server.sockets[0]?.to.open()
  it.server.sockets[0]?.to.frame()
  return { ...it, linda: await against(it.app, role) }
}

it('routing shows who gets what, as a table or as JSON', async () => {
  const { linda } = await stage('viewer')
  const { status, out } = await linda('routing')
  expect(status).toBe(0)
  expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    'POOL STRATEGY ACCOUNT SHARE MODE ROLE PRIORITY WEIGHT REGION ACTIVE WHY'.split(' '),
    [
      'sales',
      'least-loaded',
      'uae-1',
      '100.0%',
      'up',
      'primary',
      '1',
      '1',
      'uae',
      '0',
      'level 0, weight 1, 0 active',
    ],
    [
      'sales',
      'least-loaded',
      'uae-2',
      '0.0%',
      'up',
      'backup',
      '1',
      '1',
      'uae',
      '0',
      'its session is connecting',
    ],
    [''],
  ])
  expect((await linda('routing', 'sales', '--region', 'uae', '--json')).json().pools).toHaveLength(1)
  expect((await linda('routing', '--region', 'mars')).err).toBe(
    'no account is in the region "mars", only in uae\n',
  )
  expect(await linda('routing', 'x')).toMatchObject({
    status: 2,
    err: expect.stringContaining('there are sales'),
  })
})

it('strategy says it, sets it and takes it back', async () => {
  const { linda } = await stage()
  expect((await linda('strategy', 'sales')).out).toBe('sales: least-loaded\n')
  expect((await linda('strategy', 'sales', 'geo')).out).toBe('sales: geo (configured: least-loaded)\n')
  expect((await linda('strategy', 'sales', '--json')).json()).toMatchObject({ strategy: 'geo' })
  expect((await linda('strategy', 'sales', '--default')).out).toBe('sales: least-loaded\n')
  expect(await linda('strategy', 'sales', 'random')).toMatchObject({
    status: 2,
    err: expect.stringMatching(/strategy: found "random", allowed: least-loaded, .*[^}]\n$/),
  })
  expect(await linda('strategy', 'sales', 'geo', '--default')).toMatchObject({
    status: 2,
    out: '',
    err: expect.stringContaining('found geo and --default, allowed: one of them'),
  })
  expect((await linda('strategy', 'sales')).out).toBe('sales: least-loaded\n')
})

it('account drains, keeps out, puts back, and sets weight and priority', async () => {
  const { linda } = await stage()
  expect((await linda('account', 'drain', 'uae-1', '--why', 'new phone')).out).toBe(
    'uae-1: draining (new phone)\n',
  )
  expect((await linda('account', 'maintenance', 'uae-1')).out).toBe('uae-1: maintenance\n')
  expect((await linda('account', 'up', 'uae-1', '--json')).json()).toMatchObject({ mode: 'up' })
  expect((await linda('account', 'set', 'uae-1', '--weight', '2.5')).out).toBe(
    'uae-1: weight 2.5, priority 1\n',
  )
  expect((await linda('account', 'set', 'uae-1', '--default')).out).toBe('uae-1: weight 1, priority 1\n')
  await linda('account', 'set', 'uae-1', '--weight', '3')
  for (const bad of [
    ['--weight', '0'],
    ['--weight', 'x'],
    ['--weight', '0x10'],
    ['--weight', '1e1'],
    ['--priority', ''],
    ['--weight', '7', '--default'],
    ['--default', '--priority', '7'],
    [],
  ])
    expect(await linda('account', 'set', 'uae-1', ...bad)).toMatchObject({ status: 2, out: '' })
  expect((await linda('routing', '--json')).json().pools[0].accounts[0]).toMatchObject({
    weight: 3,
    priority: 1,
  })
  expect((await linda('account', 'up', 'nobody')).status).toBe(2)
})

it('audit lists the changes, and verify proves them or names the row', async () => {
  const { linda, sql } = await stage()
  expect((await linda('audit')).out).toBe('no row yet\n')
  expect((await linda('audit', '--what', 'nope')).out).toBe('no row matches\n')
  for (const filter of ['--account', '--pool'])
    expect(await linda('audit', filter, 'nope')).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringContaining('404'),
    })
  await linda('strategy', 'sales', 'geo')
  await linda('account', 'drain', 'uae-1')
  const { out } = await linda('audit')
  expect(out).toMatch(/^ROW +AT +WHO +WHAT +POOL +ACCOUNT +FROM +OUTCOME +DATA\n/)
  expect(out).toMatch(
    / 2 .*admin +mode\.set +sales +uae-1 +127\.0\.0\.1 +done +\{"from":"up","to":"draining"/,
  )
  const page = await linda('audit', '--limit', '1')
  expect(page.err).toBe('there are older rows: --cursor 2\n')
  expect((await linda('audit', '--account', 'uae-1', '--json')).json().entries).toHaveLength(1)
  expect(await linda('audit', 'verify')).toMatchObject({
    status: 0,
    out: expect.stringMatching(/^ok: 2 rows, the last one has the hash [0-9a-f]{64}\n$/),
  })
  await sql.query("UPDATE audit SET who = 'nobody' WHERE seq = 1")
  expect(await linda('audit', 'verify')).toMatchObject({
    status: 1,
    out: 'broken: row 1 is not as it was written\n',
  })
  expect((await linda('audit', 'verify', '--json')).json()).toMatchObject({ broken: { seq: 1 } })
  expect(await linda('audit', '--since', 'yesterday')).toMatchObject({ status: 2, out: '' })
})

it('a viewer may look at the routing and change nothing', async () => {
  const { linda } = await stage('viewer')
  for (const line of [
    ['strategy', 'sales', 'geo'],
    ['account', 'drain', 'uae-1'],
    ['account', 'set', 'uae-1', '--weight', '2'],
    ['audit'],
    ['audit', 'verify'],
  ])
    expect(await linda(...line)).toMatchObject({ status: 2, out: '', err: expect.stringContaining('role') })
})

it('something that is no agent: status 1', async () => {
  const linda = await against(new Hono().all('*', (c) => c.json({ hello: 1 })))
  for (const line of [
    ['routing'],
    ['strategy', 'sales'],
    ['account', 'up', 'a'],
    ['audit'],
    ['audit', 'verify'],
  ])
    expect(await linda(...line)).toMatchObject({
      status: 1,
      out: '',
      err: expect.stringContaining('no Linda'),
    })
})
