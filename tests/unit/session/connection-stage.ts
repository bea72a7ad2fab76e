// One connection on a scripted server, with its own limiter and everything that it says.

import { vi } from 'vitest'
import type { StoredAuth } from '../../../agent/session/auth-state.ts'
import { ConnectLimiter } from '../../../agent/session/connect-limiter.ts'
import { Connection, type ConnectionListener } from '../../../agent/session/connection.ts'
import type { Close } from '../../../agent/session/reasons.ts'
import { hear } from '../events/heard.ts'
import { ScriptedServer, settings } from './scripted-socket.ts'

const nothing = () => {}
export const asked: Close = { reason: 'asked', code: null, detail: 'test' }
export const auth = {} as StoredAuth
export const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

export function stage(limiter = new ConnectLimiter(1)) {
  const heard = hear()
  const server = new ScriptedServer()
  const closes: Close[] = []
  const listener: ConnectionListener = {
    evidence: nothing,
    code: nothing,
    paired: nothing,
    opened: nothing,
    restriction: nothing,
    received: nothing,
    undecryptable: nothing,
    ack: nothing,
    receipt: nothing,
    closed: (close) => closes.push(close),
  }
  const context = { bus: heard.bus, about: { account: 'uae-1' }, limiter, openSocket: server.open, settings }
  const connection = new Connection(
    { ...context, textOf: () => undefined, attempt: 2, reconnect: true },
    listener,
  )
  const dial = (prepare: () => Promise<StoredAuth> = async () => auth) => connection.dial(prepare)
  return { ...heard, server, closes, connection, limiter, dial }
}
