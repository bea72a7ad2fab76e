// A reader of server-sent events that takes nothing is told from one that takes little, and its end is said once.

import { expect, it } from 'vitest'
import { SseClient } from '../../../../agent/admin/live/sse-client.ts'

const frame = Buffer.from('event: x\ndata: {}\n\n')

it('is silent when something waits and nothing was taken since the last beat', async () => {
  const client = new SseClient(undefined)
  const reader = client.body.getReader()
  client.write(frame)
  expect([client.beat(), client.waiting() > 0]).toEqual([true, true])
  await reader.read()
  expect(client.beat()).toBe(true)
  expect(client.beat()).toBe(false)
})

it('is not silent when nothing waits', async () => {
  const client = new SseClient(undefined)
  const reader = client.body.getReader()
  for (let i = 0; i < 3; i++) {
    expect(client.beat()).toBe(true)
    await reader.read()
  }
  expect(client.waiting()).toBe(0)
})

it('who has left is gone once, and nothing more is written', async () => {
  const client = new SseClient(undefined)
  let gone = 0
  client.listen(() => {
    gone += 1
  })
  await client.body.cancel()
  client.write(frame)
  client.leave('stopping', 10)
  expect([gone, client.waiting()]).toEqual([1, 0])
})

it('who is told to go still gets what waits, and the reason last', async () => {
  const client = new SseClient(undefined)
  let gone = 0
  client.write(frame)
  client.leave('slow', 10)
  client.listen(() => {
    gone += 1
  })
  expect(gone).toBe(1)
  const text = await new Response(client.body).text()
  expect(text).toBe(
    `${frame}event: bye\ndata: {"why":"slow","detail":"read too slowly: come back with since and stream"}\n\n`,
  )
})
