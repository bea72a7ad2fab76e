// Messages on their way over a scripted socket, with a real evidence watch.

import { vi } from 'vitest'
import { EvidenceWatch } from '../../../agent/session/evidence-watch.ts'
import { Sends } from '../../../agent/session/sends.ts'
import type { SendError } from '../../../agent/session/socket.ts'
import { hear } from '../events/heard.ts'
import { ScriptedServer, type ScriptedSocket, settings } from './scripted-socket.ts'

export const message = { messageId: 'M1', to: '971500000001@s.whatsapp.net', text: 'hello' }
const quiet = new Proxy({}, { get: () => () => {} }) as never
export const tick = () => vi.advanceTimersByTimeAsync(0)

export function stage() {
  const heard = hear()
  const about = { account: 'uae-1' }
  const socket = new ScriptedServer().open(
    { ...settings, auth: quiet, textOf: () => undefined },
    quiet,
  ) as ScriptedSocket
  const watch = new EvidenceWatch(socket, settings, heard.bus, about, () => {})
  const sends = new Sends(heard.bus, about, 30_000)
  const send = (m = message) => {
    const told: unknown[] = []
    sends.send(socket, watch, m).then(
      (ms) => told.push(ms),
      (error: SendError) => told.push({ code: error.code, outcome: error.outcome }),
    )
    return told
  }
  const story = () => heard.types().filter((type) => type.startsWith('message.'))
  return { ...heard, socket, watch, sends, send, story }
}
