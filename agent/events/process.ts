// What the process itself tells: its start, its stop and the list of accounts.

import type { Entries } from './entry.ts'

export interface ProcessEvents {
  'agent.started': { version: string; accounts: number }
  'agent.stopping': { signal: string }
  'agent.stopped': { ms: number; closed: number }
  'account.listed': { what: 'created' | 'changed' | 'retired' | 'returned'; fields: string[] }
}

export const processEvents: Entries<ProcessEvents> = {
  'agent.started': {
    level: 'info',
    help: 'Both listeners answer and every account has been handed to the fleet.',
  },
  'agent.stopping': { level: 'info', help: 'A signal or a caller asked the agent to stop.' },
  'agent.stopped': { level: 'info', help: 'Every socket is closed and the store is flushed.' },
  'account.listed': {
    level: 'info',
    help: 'An account was added to, changed in or taken from the configured list.',
  },
}
