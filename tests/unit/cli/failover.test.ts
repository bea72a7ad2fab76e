// `linda failover`, `linda send` and `linda messages` say what a person needs to know, and their status says whether it went well.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { showAudit } from '../../../agent/cli/audit.ts'
import {
  clearFailover,
  failOver,
  listFailovers,
  showFailover,
  switchFailover,
} from '../../../agent/cli/failover.ts'
import type { CommandIo } from '../../../agent/cli/io.ts'
import { actOnMessage, listMessages, sendMessage, showMessage } from '../../../agent/cli/messages.ts'
import { listen } from '../../../agent/http.ts'
import { type AdminStage, adminStage, tokens } from '../admin/stage.ts'
import { temporaryFolder } from '../store/folder.ts'
import { terminal } from './io.ts'

let tokenFile: string
beforeEach(() => {
  tokenFile = join(temporaryFolder(), 'token')
  writeFileSync(tokenFile, `${tokens.operator}\n`)
})

async function open(accounts = 2): Promise<{ stage: AdminStage; run: Run }> {
  const stage = await adminStage(accounts)
  for (const socket of stage.server.sockets) {
    socket.onSend = async ({ messageId }) => socket.to.ack(messageId, null)
    socket.to.open()
  }
  stage.messages.outbox.wakeAll()
  const listener = await listen(stage.app, { host: '127.0.0.1', port: 0 }, 'test')
  onTestFinished(() => listener.close(0))
  const run: Run = async (command) => {
    const { io, said } = terminal({ LINDA_URL: listener.url, LINDA_TOKEN_FILE: tokenFile })
    return { status: await command(io), ...said }
  }
  return { stage, run }
}
type Run = (
  command: (io: CommandIo) => Promise<number>,
) => Promise<{ status: number; out: string; err: string }>

const wish = { from: 'uae-1', force: false, wait: true, json: false }

it('a switch-over is watched to its end, with its steps and why', async () => {
  const { run } = await open()
  const { status, out, err } = await run((io) => failOver(wish, io))
  expect(status).toBe(0)
  expect(err).toMatch(/^failover [0-9a-f-]{36} has begun/)
  expect(out).toMatch(
    /^uae-1 -> uae-2: active \(planned, asked\); 0 messages moved, 0 of them perhaps sent; /,
  )
  for (const step of ['detected', 'fenced', 'chosen', 'transferred', 'activating', 'active'])
    expect(out).toContain(step)
  expect(out).toMatch(/1 {2,}uae-2 {2,}backup, priority 1/)
  const list = await run((io) => listFailovers({ limit: '5', json: false }, io))
  expect(list.out).toMatch(/^automatic failover is on\nSTARTED .*\n.*uae-1 .*uae-2 .*planned .*active/)
  const id = /([0-9a-f-]{36})\n/.exec(out)?.[1] ?? ''
  expect((await run((io) => showFailover(id, { json: false }, io))).out).toContain('transferred')
})

it('one that ends without another account is status 1; one that is refused is status 2', async () => {
  const { run } = await open(1)
  const { status, out } = await run((io) => failOver({ ...wish, force: true }, io))
  expect([status, out]).toEqual([1, expect.stringContaining('uae-1 -> nobody: rolled-back')])
  const refused = await run((io) => failOver({ ...wish, from: 'nobody' }, io))
  expect([refused.status, refused.err]).toEqual([
    2,
    expect.stringContaining('no account has the id or phone "nobody"'),
  ])
}, 20_000)

it('switched off and on, and cleared', async () => {
  const { run } = await open()
  expect(await run((io) => switchFailover('off', { json: false }, io))).toMatchObject({
    status: 0,
    out: 'automatic failover is off\n',
  })
  expect((await run((io) => switchFailover('on', { json: true }, io))).out).toContain('"automatic": "on"')
  expect((await run((io) => clearFailover('uae-1', { json: false }, io))).out).toBe(
    'uae-1: in service again, its damping is cleared\n',
  )
})

it('a text is sent, and its way can be looked at; never the text itself', async () => {
  const { run } = await open()
  const sending = {
    to: '+971500000009',
    text: 'a secret',
    account: 'uae-1',
    key: 'k1',
    wait: '5s',
    json: false,
  }
  const sent = await run((io) => sendMessage(sending, io))
  expect(sent.status).toBe(0)
  expect(sent.out).toMatch(/^[0-9a-f-]{36}: acked \(uae-1 of sales\)\n/)
  expect(sent.out).not.toMatch(/secret|971500000009/)
  const again = await run((io) => sendMessage(sending, io))
  expect(again.out).toBe(sent.out)
  const id = sent.out.slice(0, 36)
  expect((await run((io) => showMessage(id, { json: true }, io))).out).toContain('"state": "acked"')
  const list = await run((io) => listMessages({ state: 'acked', limit: '10', json: false }, io))
  expect(list.out.split('\n')).toHaveLength(3)
  const refused = await run((io) => actOnMessage(id, 'cancel', { json: false }, io))
  expect([refused.status, refused.err]).toEqual([2, expect.stringContaining('409')])
})

it('a name that nobody knows is refused; a filter that nothing matches is told from an empty list', async () => {
  const { run } = await open()
  for (const filter of [{ pool: 'nope' }, { account: 'nope' }])
    for (const command of [
      (io: CommandIo) => listFailovers({ limit: '5', json: false, ...filter }, io),
      (io: CommandIo) => listMessages({ limit: '5', json: false, ...filter }, io),
    ])
      expect(await run(command)).toMatchObject({
        status: 2,
        out: '',
        err: expect.stringMatching(/404.*"nope"/),
      })
  const lists = async (filter: { pool?: string }) => [
    (await run((io) => listFailovers({ limit: '5', json: false, ...filter }, io))).out,
    (await run((io) => listMessages({ limit: '5', json: false, ...filter }, io))).out,
  ]
  const on = 'automatic failover is on\n'
  expect(await lists({})).toEqual([`${on}no failover yet\n`, 'no message yet\n'])
  expect(await lists({ pool: 'sales' })).toEqual([`${on}no failover matches\n`, 'no message matches\n'])
})

it('a key that was used for another message names that message', async () => {
  const { run } = await open()
  const sending = { to: '+971500000009', text: 'one', account: 'uae-1', key: 'k', wait: '5s', json: false }
  const id = (await run((io) => sendMessage(sending, io))).out.slice(0, 36)
  const { status, err } = await run((io) => sendMessage({ ...sending, text: 'two' }, io))
  expect([status, err]).toEqual([2, expect.stringContaining(`another message: linda messages show ${id}\n`)])
})

it('a text that is not acknowledged in time is status 1', async () => {
  const { stage, run } = await open()
  await stage.routing.book.setMode('uae-1', 'maintenance', '', { who: 't', origin: 't' })
  for (const socket of stage.server.sockets) socket.onSend = () => new Promise(() => {})
  const sending = { to: '+971500000009', text: 'x', account: 'uae-1', wait: '1s', json: false }
  expect(await run((io) => sendMessage(sending, io))).toMatchObject({ status: 1 })
})

it('where nobody knows whether it was accepted, the key to repeat it with is told', async () => {
  const keys: (string | undefined)[] = []
  const away = new Hono().all('*', (c) => {
    keys.push(c.req.header('idempotency-key'))
    return c.json({ detail: 'the store is away' }, 503)
  })
  const listener = await listen(away, { host: '127.0.0.1', port: 0 }, 'test')
  onTestFinished(() => listener.close(0))
  const { io, said } = terminal({ LINDA_URL: listener.url, LINDA_TOKEN_FILE: tokenFile })
  expect(await sendMessage({ to: '+971500000009', text: 'x', wait: '1s', json: false }, io)).toBe(1)
  expect(keys).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)])
  expect(said.err).toContain(`--key ${keys[0]}`)
})

it('whoever may only look is refused what changes anything', async () => {
  writeFileSync(tokenFile, `${tokens.viewer}\n`)
  const { run } = await open()
  for (const command of [
    (io: CommandIo) => failOver(wish, io),
    (io: CommandIo) => switchFailover('off', { json: false }, io),
    (io: CommandIo) => clearFailover('uae-1', { json: false }, io),
    (io: CommandIo) => sendMessage({ to: '+971500000009', text: 'x', wait: '1s', json: false }, io),
  ])
    expect(await run(command)).toMatchObject({ status: 2, err: expect.stringContaining('403') })
  expect(await run((io) => listFailovers({ limit: '5', json: false }, io))).toMatchObject({ status: 0 })
})

it('an agent that is away for a moment ends the watching of nothing', async () => {
  const { stage } = await open()
  let away = 2
  const flaky = new Hono().all('*', (c) =>
    c.req.method === 'GET' && away-- > 0
      ? c.json({ detail: 'the store is away' }, 503)
      : stage.app.fetch(c.req.raw),
  )
  const listener = await listen(flaky, { host: '127.0.0.1', port: 0 }, 'test')
  onTestFinished(() => listener.close(0))
  const { io, said } = terminal({ LINDA_URL: listener.url, LINDA_TOKEN_FILE: tokenFile })
  expect(await failOver(wish, io)).toBe(0)
  expect(said.out).toContain('uae-1 -> uae-2: active')
  expect(away).toBeLessThan(0)
})

it('what others wrote moves nothing on the screen, and a password in LINDA_URL is not shown', async () => {
  const { run, stage } = await open()
  await stage.routing.book.setMode('uae-1', 'maintenance', 'x', {
    who: 'ev\u001b[2Jil\u0007',
    origin: 'test',
  })
  const { out } = await run((io) => showAudit({ limit: '5' }, false, io))
  expect(out).toContain('ev?[2Jil?')
  const { io, said } = terminal({ LINDA_URL: 'http://ops:hunter2@127.0.0.1:1', LINDA_TOKEN_FILE: tokenFile })
  expect(await listFailovers({ limit: '5', json: false }, io)).toBe(2)
  expect(said.err).toContain('LINDA_URL: found "http://***@127.0.0.1:1"')
  expect(said.err).not.toContain('hunter2')
})
