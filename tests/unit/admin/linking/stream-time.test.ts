// A code leaves the reader's screen when its time is over, and a stream on which nothing happens does not fall silent.

import { expect, it } from 'vitest'
import { until } from '../../../harness/until.ts'
import { adminStage } from '../stage.ts'
import { stopClock } from './clock.ts'
import { follow } from './reader.ts'

const linking = '/api/dashboard/connections/uae-1/linking'

it('a code that nothing replaces is taken off right after its end', async () => {
  const pass = stopClock()
  const { ask, server } = await adminStage()
  server.last.to.code('2@A', 20_000)
  const reader = follow(await ask(linking))
  expect(await reader.sees('code')).toMatchObject({ lifeLeftMs: 20_000 })
  await pass(15_000)
  await until('a sign of life', () => reader.comments.length === 1)
  expect(reader.frames).toHaveLength(1)
  await pass(5_100)
  expect(await reader.sees('waiting')).toMatchObject({ code: null, svg: null, lifeLeftMs: null })
  server.last.to.code('2@B', 20_000)
  expect(await reader.sees('code')).toMatchObject({ code: '2@B', lifeLeftMs: 20_000 })
})

it('a code that is replaced in time is never followed by an empty screen', async () => {
  const pass = stopClock()
  const { ask, server } = await adminStage()
  server.last.to.code('2@1', 20_000)
  const reader = follow(await ask(linking))
  for (let i = 2; i <= 5; i++) {
    await until('the code', () => reader.frames.at(-1)?.code === `2@${i - 1}`)
    await pass(20_000)
    server.last.to.code(`2@${i}`, 20_000)
  }
  await until('the last code', () => reader.frames.at(-1)?.code === '2@5')
  expect(reader.frames.map(({ state, code }) => [state, code])).toEqual(
    [1, 2, 3, 4, 5].map((i) => ['code', `2@${i}`]),
  )
})

it('a code that the window ends sooner says the sooner end', async () => {
  const pass = stopClock()
  const { ask, server } = await adminStage()
  server.last.to.code('2@1', 600_000)
  const reader = follow(await ask(linking))
  expect(await reader.sees('code')).toMatchObject({ lifeLeftMs: 120_000 })
  await pass(119_900)
  expect(reader.frames).toHaveLength(1)
  await pass(200)
  await reader.sees('waiting')
})

it('every 15 seconds without a change there is a sign of life and no frame', async () => {
  const pass = stopClock()
  const { ask } = await adminStage()
  const reader = follow(await ask(linking))
  await reader.sees('waiting')
  for (let beats = 0; beats < 3; beats++) {
    await pass(14_999)
    expect(reader.comments).toHaveLength(beats)
    await pass(1)
    await until('a sign of life', () => reader.comments.length === beats + 1)
  }
  expect(reader.comments).toEqual(['still here', 'still here', 'still here'])
  expect(reader.frames).toHaveLength(1)
})

it('what happens elsewhere writes nothing', async () => {
  const { ask, server } = await adminStage(2)
  const reader = follow(await ask(linking))
  await reader.sees('waiting')
  const other = follow(await ask(linking.replace('uae-1', 'uae-2')))
  await other.sees('waiting')
  server.sockets[1]?.to.code('2@OTHER', 60_000)
  // Who has a picture to draw answers last.
  await other.sees('code')
  expect(reader.comments).toEqual([])
  server.sockets[0]?.to.code('2@OWN', 60_000)
  await reader.sees('code')
  expect(reader.frames.map(({ account, code }) => [account, code])).toEqual([
    ['uae-1', null],
    ['uae-1', '2@OWN'],
  ])
})
