// A reader is silent when it answers nothing, and not when the question is still on its way behind what it was given to read.

import type { Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { WebSocketClient } from '../../../../agent/admin/live/websocket-client.ts'

function stage() {
  const heard = new Map<string, () => void>()
  const ws = {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    pings: 0,
    ping: () => void ws.pings++,
    on: (event: string, listener: () => void) => heard.set(event, listener),
    once: (event: string, listener: () => void) => heard.set(event, listener),
  }
  const client = new WebSocketClient(ws as unknown as WebSocket, {} as Duplex)
  client.listen({ gone: () => {}, spoke: () => {} })
  return { ws, client, pong: () => heard.get('pong')?.() }
}

it('who answers is asked at every beat; who does not is silent at the next', () => {
  const { ws, client, pong } = stage()
  for (let n = 1; n <= 3; n++) {
    expect(client.beat()).toBe(true)
    expect(ws.pings).toBe(n)
    pong()
  }
  expect(client.beat()).toBe(true)
  expect(client.beat()).toBe(false)
})

it('while bytes are on their way to it, it has eight beats, and is not asked again meanwhile', () => {
  const { ws, client, pong } = stage()
  ws.bufferedAmount = 4_000_000
  const beats = Array.from({ length: 9 }, () => client.beat())
  expect(beats).toEqual([...Array.from({ length: 8 }, () => true), false])
  expect(ws.pings).toBe(1)
  pong()
  expect(client.beat()).toBe(true)
  ws.bufferedAmount = 0
  expect(client.beat()).toBe(false)
})
