// An evidence watch over a socket whose pings come to what the test says.

import { vi } from 'vitest'
import { EvidenceWatch } from '../../../agent/session/evidence-watch.ts'
import { hear } from '../events/heard.ts'
import { settings } from './scripted-socket.ts'

/** A watch over a socket that answers pings as the list says; the last entry stays. */
export function watch(...pings: (() => Promise<void>)[]) {
  const heard = hear()
  const deaths: [string, number][] = []
  let asked = 0
  const socket = {
    ping: () => {
      const answer = pings[Math.min(asked, pings.length - 1)] ?? (async () => {})
      asked += 1
      return answer()
    },
  }
  const watched = new EvidenceWatch(socket, settings, heard.bus, { account: 'uae-1' }, (reason, silentMs) =>
    deaths.push([reason, silentMs]),
  )
  return { ...heard, watched, deaths, asked: () => asked }
}
export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
export const answered = async (): Promise<void> => {}
export const refused = () => Promise.reject(new Error('Connection Closed'))
