// What those who watch are told at once: the live stream, Grafana.

import type { Entries } from './entry.ts'

export interface LiveEvents {
  'live.opened': { transport: 'websocket' | 'sse'; resumed: boolean }
  'live.closed': { transport: 'websocket' | 'sse'; why: string; openForMs: number; frames: number }
  'live.dropped': { transport: 'websocket' | 'sse'; why: string; waitingBytes: number }
  'live.written': { frames: number; websocket: number; sse: number; ms: number }
  'grafana.pushed': { count: number; ms: number }
  'grafana.push-failed': { detail: string; waiting: number; retryMs: number }
  'grafana.dropped': { count: number; why: 'refused' | 'full'; detail: string | null }
}

export const liveEvents: Entries<LiveEvents> = {
  'live.opened': {
    level: 'debug',
    help: 'Somebody follows the live stream, from a snapshot or from where they were.',
  },
  'live.closed': { level: 'debug', help: 'Somebody follows the live stream no longer.' },
  // Whoever is slow comes back and may be slow again.
  'live.dropped': {
    level: 'warn',
    help: 'The live stream was ended by the agent: its reader was slow, silent, spoke, or has a token no longer.',
    logEveryMs: 10_000,
  },
  'live.written': {
    level: 'trace',
    help: 'Frames were written to everybody who follows the live stream; ms runs from the event of the oldest one.',
  },
  'grafana.pushed': {
    level: 'trace',
    help: 'Grafana took changes of state and score for its live stream; ms runs from the oldest of them.',
  },
  'grafana.push-failed': {
    level: 'warn',
    help: 'Grafana could not be told of changes, which wait for the next try after retryMs.',
    logEveryMs: 60_000,
  },
  'grafana.dropped': {
    level: 'warn',
    help: 'Changes were not told to Grafana, because it refuses them as they are or there are too many accounts.',
    logEveryMs: 60_000,
  },
}
