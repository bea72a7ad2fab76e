// `linda qr` shows every code until the phone is linked, and its exit status says how that ended.

import { describe, expect, it } from 'vitest'
import type { LinkingFrame } from '../../../agent/admin/linking/stream.ts'
import { renderCode } from '../../../agent/pairing/render.ts'
import { until } from '../../harness/until.ts'
import { linda, linkingStage } from './linking-stage.ts'

const head = 'uae-1, number ending in 01. '
const linesOf = (out: string): Omit<LinkingFrame, 'svg'>[] =>
  out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

describe('shows', () => {
  it('each code as a picture of it, until the phone is linked: status 0', async () => {
    const { url, server, of } = await linkingStage()
    const running = linda(url)
    for (const code of ['2@A', '2@B']) {
      server.last.to.code(code, 60_000)
      await running.prints(String((await renderCode(code, 'text')).body))
    }
    server.last.to.paired()
    await running.prints('The phone has accepted.')
    server.last.drop('restart-required', 515)
    await until('the second connection', () => server.sockets.length === 2)
    server.last.to.open()
    const { status, out, err } = await running.end()
    expect([status, err]).toEqual([0, ''])
    expect(out.endsWith(`${head}The phone is linked. You can close this page.\n`)).toBe(true)
    expect(out).not.toContain('2@')
    expect(of('pairing.code-viewed')).toHaveLength(2)
  })

  it('with --json one object for every change, without the picture', async () => {
    const { url, server } = await linkingStage()
    const running = linda(url, { json: true })
    await running.prints('"state":"waiting"')
    server.last.to.code('2@A', 60_000)
    await running.prints('2@A')
    server.last.to.open()
    const { status, out, err } = await running.end()
    expect([status, err]).toEqual([0, ''])
    expect(linesOf(out)).toMatchObject([
      { account: 'uae-1', state: 'waiting', code: null, lifeLeftMs: null },
      { account: 'uae-1', state: 'code', code: '2@A', attempt: 1, turn: 1, turns: 4 },
      { account: 'uae-1', state: 'linked', code: null },
    ])
    expect(out).not.toContain('svg')
  })

  it('with --code begins again with a code to be typed, in two halves', async () => {
    const { url, server } = await linkingStage()
    server.onOpen = (socket) => setTimeout(() => socket.to.code('2@NEVER-SHOWN', 60_000), 5)
    const running = linda(url, { code: true })
    await running.prints('    ABCD-1234\n')
    server.last.to.open()
    expect(await running.end()).toMatchObject({ status: 0, err: '' })
    expect(server.last.codesFor).toEqual(['971500000001'])
  })

  it('an account that is linked already: status 0 at once', async () => {
    const { url, server } = await linkingStage()
    server.last.to.open()
    expect(await linda(url).end()).toMatchObject({ status: 0, err: '' })
  })
})

describe('in vain', () => {
  it.each([
    ['a passkey', 'passkey-required', 'WhatsApp asks for a passkey'],
    ['banned', 'banned', 'The session is failed (banned).'],
    ['taken by another process', 'replaced', 'The session is replaced (replaced).'],
  ] as const)('%s: status 1 and the words, and nobody is asked to wait', async (_, reason, words) => {
    const { url, server } = await linkingStage()
    const running = linda(url)
    server.last.to.code('2@A', 60_000)
    await running.prints('▄')
    server.last.drop(reason)
    const { status, out, err } = await running.end()
    expect([status, err]).toEqual([1, ''])
    expect(out).toContain(words)
  })

  it('everything was shown: status 1, and so for who comes later', async () => {
    const { url, server } = await linkingStage()
    server.onOpen = (socket) => setTimeout(() => socket.to.code('2@A', 60_000), 5)
    const running = linda(url, { code: true, json: true })
    await running.prints('ABCD1234')
    server.last.drop('window-expired')
    const { status, out } = await running.end()
    expect(status).toBe(1)
    expect(linesOf(out).at(-1)).toMatchObject({ state: 'expired', words: expect.stringContaining('reset') })
    expect(await linda(url).end()).toMatchObject({ status: 1, out: expect.stringContaining('Every code') })
  })
})

it('leaves no stream behind, however it ends', async () => {
  const { url, server, ask } = await linkingStage()
  server.last.to.code('2@A', 60_000)
  server.last.drop('passkey-required')
  for (let i = 0; i < 20; i++) await Promise.all(Array.from({ length: 6 }, () => linda(url).end()))
  await until('room', async () => (await ask('/api/dashboard/connections/uae-1/linking')).ok)
})
