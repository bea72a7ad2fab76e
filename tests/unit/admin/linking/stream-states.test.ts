// A reader of the stream sees where the linking stands at once and at every change, in each of the eight states.

import { expect, it } from 'vitest'
import { linkingStates } from '../../../../agent/admin/linking/view.ts'
import { renderCode } from '../../../../agent/pairing/render.ts'
import { until } from '../../../harness/until.ts'
import { type AdminStage, adminStage } from '../stage.ts'
import { stopClock } from './clock.ts'
import { follow } from './reader.ts'

const linking = '/api/dashboard/connections/uae-1/linking'
const action = '/api/dashboard/quick-actions/uae-1'
const post = { method: 'POST' }

/** How the session gets into each state. */
const ways: Record<string, (stage: AdminStage) => unknown> = {
  waiting: () => {},
  code: ({ server }) => server.last.to.code('2@CODE', 60_000),
  'pairing-code': async ({ ask, server }) => {
    server.onOpen = (socket) => setTimeout(() => socket.to.code('2@CODE', 60_000), 5)
    await ask(`${action}/pairing-code`, 'operator', post)
  },
  scanned: ({ server }) => {
    server.last.to.code('2@CODE', 60_000)
    server.last.to.paired()
  },
  linked: ({ server }) => server.last.to.open(),
  expired: async ({ ask, server, fleet }) => {
    server.onOpen = (socket) => setTimeout(() => socket.to.code('2@CODE', 60_000), 5)
    await ask(`${action}/pairing-code`, 'operator', post)
    await expect.poll(() => fleet.find('uae-1')?.session.viewCode()?.method).toBe('code')
    server.last.drop('window-expired')
  },
  passkey: ({ server }) => {
    server.last.to.code('2@CODE', 60_000)
    server.last.drop('passkey-required')
  },
  unavailable: ({ server }) => server.last.drop('banned', 403),
}

it('every state has a way', () => {
  expect(Object.keys(ways).sort()).toEqual([...linkingStates].sort())
})

it.each(linkingStates)('%s: in the first frame of who comes later', async (state) => {
  const stage = await adminStage()
  await ways[state]?.(stage)
  const frame = await follow(await stage.ask(linking)).sees(state)
  const shown = state === 'code' ? '2@CODE' : state === 'pairing-code' ? 'ABCD1234' : null
  expect(frame).toEqual({
    account: 'uae-1',
    phoneEnding: '01',
    state,
    words: expect.stringMatching(/\.$/),
    attempt: shown ? 1 : null,
    turn: 1,
    turns: 4,
    code: shown,
    svg: state === 'code' ? expect.stringMatching(/^<svg /) : null,
    lifeLeftMs: shown ? expect.any(Number) : null,
  })
  expect(JSON.stringify(frame)).not.toContain('97150000000')
})

it.each(linkingStates)('%s: in the next frame of who is there already', async (state) => {
  const stage = await adminStage()
  const reader = follow(await stage.ask(linking))
  await reader.sees('waiting')
  await ways[state]?.(stage)
  await reader.sees(state)
  expect(new Set(reader.names)).toEqual(new Set(['linking']))
})

it('the linked frame is the last: the stream ends by itself, and nothing keeps it', async () => {
  const { ask, server } = await adminStage()
  const reader = follow(await ask(linking))
  await reader.sees('waiting')
  server.last.to.code('2@CODE', 60_000)
  await reader.sees('code')
  server.last.to.paired()
  await reader.sees('scanned')
  server.last.drop('restart-required', 515)
  await expect.poll(() => server.sockets.length).toBe(2)
  server.last.to.open()
  await reader.end()
  expect(reader.frames.map(({ state }) => state)).toEqual(['waiting', 'code', 'scanned', 'linked'])
})

it('the picture is the code', async () => {
  const { ask, server } = await adminStage()
  server.last.to.code('2@CODE', 60_000)
  const { svg } = await follow(await ask(linking)).sees('code')
  expect(svg).toBe((await renderCode('2@CODE', 'svg')).body)
})

it('a regeneration is another turn of the same row, up to all that are allowed, and then a code to be typed', async () => {
  const pass = stopClock()
  const { ask, server } = await adminStage()
  const reader = follow(await ask(linking))
  server.last.to.code('2@CODE-1', 600_000)
  for (let turn = 1; turn <= 4; turn++) {
    await until(`turn ${turn}`, () => reader.frames.at(-1)?.code === `2@CODE-${turn}`)
    expect(reader.frames.at(-1)).toMatchObject({ state: 'code', attempt: turn, turn, turns: 4 })
    await pass(120_000)
    await until('the next connection', async () => {
      await pass(1)
      return server.sockets.length > turn
    })
    server.last.to.code(`2@CODE-${turn + 1}`, 600_000)
  }
  expect(await reader.sees('pairing-code')).toMatchObject({
    attempt: 5,
    turn: 4,
    turns: 4,
    lifeLeftMs: 180_000,
  })
  await pass(180_000)
  await reader.sees('expired')
  expect(reader.ended).toBe(false)
  await ask(`${action}/reset-qr`, 'operator', post)
  expect(await reader.sees('waiting')).toMatchObject({ turn: 1 })
})
