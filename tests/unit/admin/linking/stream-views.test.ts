// Being sent a code is looking at it: once for each code whatever number of readers, and enough to start a session that waits for that.

import { expect, it } from 'vitest'
import { until } from '../../../harness/until.ts'
import { adminStage } from '../stage.ts'
import { stopClock } from './clock.ts'
import { follow } from './reader.ts'

const linking = '/api/dashboard/connections/uae-1/linking'

it.each([1, 2, 20])('%i readers of three codes are three views', async (readers) => {
  const { ask, server, of } = await adminStage()
  const reading = await Promise.all(Array.from({ length: readers }, async () => follow(await ask(linking))))
  for (const code of ['2@A', '2@B', '2@C']) {
    server.last.to.code(code, 60_000)
    for (const reader of reading) await until(code, () => reader.frames.at(-1)?.code === code)
  }
  expect(of('pairing.code-viewed')).toMatchObject([1, 2, 3].map((index) => ({ index, account: 'uae-1' })))
})

it('somebody who comes to a code that is shown already, or back to it, is no other view', async () => {
  const { ask, server, of } = await adminStage()
  server.last.to.code('2@A', 60_000)
  for (let i = 0; i < 3; i++) {
    const reader = follow(await ask(linking))
    await reader.sees('code')
    await reader.leave()
  }
  expect(of('pairing.code-viewed')).toHaveLength(1)
})

it('each account has its own', async () => {
  const { ask, server, of } = await adminStage(2)
  for (const [i, socket] of server.sockets.entries()) {
    // The same text: whose code it is must not be told from that.
    socket.to.code('2@SAME', 60_000)
    await follow(await ask(`/api/dashboard/connections/uae-${i + 1}/linking`)).sees('code')
  }
  expect(of('pairing.code-viewed').map(({ account }) => account)).toEqual(['uae-1', 'uae-2'])
})

it('nobody who cannot see a code counts: no code, no view', async () => {
  const { ask, server, of } = await adminStage()
  const reader = follow(await ask(linking))
  await reader.sees('waiting')
  server.last.to.open()
  await reader.end()
  expect(of('pairing.code-viewed')).toEqual([])
})

it.each([
  ['whose codes were never shown', false],
  ['whose codes were shown before', true],
])('a session that waits for somebody to ask, %s, begins when a stream is opened', async (_, before) => {
  const { ask, server, fleet } = await adminStage()
  if (before) {
    server.last.to.code('2@EARLIER', 60_000)
    await follow(await ask(linking)).sees('code')
    await fleet.find('uae-1')?.session.restart()
    await until('a second connection', () => server.sockets.length === 2)
  }
  server.last.to.code('2@OLD', 60_000)
  if (!before) {
    server.last.drop('codes-ended', 408)
    expect(fleet.find('uae-1')?.session.snapshot).toMatchObject({ state: 'waiting', askable: true })
  }
  server.onOpen = (socket) => setTimeout(() => socket.to.code('2@NEW', 60_000), 5)
  if (before) server.last.drop('codes-ended', 408)
  const reader = follow(await ask(linking))
  await until('the new code', () => reader.frames.at(-1)?.code === '2@NEW')
})

it('the stream shows what was shown a moment ago, and nothing that nobody has asked for', async () => {
  const pass = stopClock()
  const { ask, server, of } = await adminStage()
  server.last.to.code('2@A', 60_000)
  await pass(59_000)
  expect(await follow(await ask(linking)).sees('code')).toMatchObject({ code: '2@A', lifeLeftMs: 1_000 })
  expect(of('pairing.code-viewed')).toMatchObject([{ lifeLeftMs: 1_000 }])
})
