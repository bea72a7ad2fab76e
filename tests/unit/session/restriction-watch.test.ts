// A restriction is asked about again until WhatsApp says that it ended, and never forgotten because a question failed.

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { RestrictionWatch } from '../../../agent/session/restriction-watch.ts'
import type { Socket } from '../../../agent/session/socket.ts'
import { hang, ScriptedServer, type ScriptedSocket, settings } from './scripted-socket.ts'

beforeEach(() => vi.useFakeTimers({ now: 1_700_000_000_000 }))
afterEach(() => vi.useRealTimers())

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const minutes = 60_000

function stage() {
  const socket = new ScriptedServer().open(
    { ...settings, auth: {} as never, textOf: () => undefined },
    {} as never,
  ) as ScriptedSocket
  let current: Socket | null = socket
  const watch = new RestrictionWatch(() => current)
  return { socket, watch, hangUp: () => (current = null) }
}
const lock = (untilMs: number | null) => ({ kind: 'reachout-timelock', untilMs })

it.each([
  ['no known end', null, 10 * minutes],
  ['an end in three minutes', 3 * minutes, 3 * minutes + 1_000],
  ['an end in a week', 7 * 24 * 60 * minutes, 10 * minutes],
  ['an end that has passed', -5 * minutes, 1_000],
])('with %s it asks after the right time', async (_, endsInMs, asksAfterMs) => {
  const { socket, watch } = stage()
  watch.update(lock(endsInMs === null ? null : Date.now() + endsInMs))
  await pass(asksAfterMs - 1)
  expect(socket.checks).toBe(0)
  await pass(1)
  expect(socket.checks).toBe(1)
})

it('a question that fails is put again, and what is known stays known', async () => {
  const { socket, watch } = stage()
  socket.onCheck = () => Promise.reject(new Error('Timed Out'))
  watch.update(lock(null))
  await pass(30 * minutes)
  expect(socket.checks).toBe(3)
  expect(watch.current).toEqual(lock(null))
})

it('says what is news', () => {
  const { watch } = stage()
  expect(watch.update(null)).toBe(false)
  expect(watch.update(lock(null))).toBe(true)
  expect(watch.update(lock(null))).toBe(false)
  expect(watch.update(lock(1))).toBe(true)
  expect(watch.update({ kind: 'other', untilMs: 1 })).toBe(true)
  expect(watch.update(null)).toBe(true)
  expect(watch.current).toBeNull()
})

it.each(['lifted', 'stopped'])('once %s it asks no more', async (how) => {
  const { socket, watch } = stage()
  watch.update(lock(null))
  if (how === 'lifted') watch.update(null)
  else watch.stop()
  await pass(60 * minutes)
  expect(socket.checks).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})

it('without a connection there is nobody to ask, and no failure', async () => {
  const { socket, watch, hangUp } = stage()
  hangUp()
  watch.update(lock(null))
  await pass(10 * minutes)
  expect(socket.checks).toBe(0)
  expect(watch.current).toEqual(lock(null))
})

it('a question that hangs is not asked twice', async () => {
  const { socket, watch } = stage()
  socket.onCheck = hang
  watch.update(lock(null))
  await pass(60 * minutes)
  expect(socket.checks).toBe(1)
})
