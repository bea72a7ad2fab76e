// What the store and the history do, and when they cannot.

import type { Entries } from './entry.ts'

export interface StoreEvents {
  'store.queried': { driver: string; operation: string; ms: number }
  'store.failed': { driver: string; operation: string; detail: string }
  'store.write-fenced': Record<never, never>
  'history.written': { driver: string; count: number; outcome: 'written' | 'failed' }
  'history.dropped': {
    driver: string
    count: number
    why: 'full' | 'refused' | 'stopped'
    detail: string | null
  }
  'history.pruned': { driver: string; rows: number }
  'history.unreachable': { driver: string; detail: string }
  'history.reachable': { driver: string; downMs: number | null }
  'store.backed-up': { rows: number }
  'store.retried': { driver: string; attempt: number; code: string }
  'store.unreachable': { driver: string; detail: string }
  'store.reachable': { driver: string; downMs: number | null }
}

export const storeEvents: Entries<StoreEvents> = {
  'store.queried': { level: 'trace', help: 'The store answered a query.' },
  // During an outage every write of every session fails, again and again.
  'store.failed': { level: 'error', help: 'The store could not answer a query.', logEveryMs: 10_000 },
  'store.write-fenced': {
    level: 'error',
    help: 'A write or a login was refused because another process has taken the account.',
  },
  'history.written': { level: 'trace', help: 'A batch of events was kept, or could not be yet.' },
  'history.dropped': {
    level: 'error',
    help: 'Events were lost: the history did not take them until the buffer was full or the agent stopped, or refused them.',
    logEveryMs: 10_000,
  },
  'history.pruned': { level: 'debug', help: 'Events older than the retention were deleted.' },
  'history.unreachable': {
    level: 'error',
    help: 'InfluxDB cannot be used; events wait in a bounded buffer and nothing is read until it can.',
  },
  'history.reachable': { level: 'info', help: 'InfluxDB can be used, or can be again after downMs.' },
  'store.backed-up': { level: 'info', help: 'A backup of the store was written to its end.' },
  'store.retried': { level: 'debug', help: 'A transaction collided with another one and runs again.' },
  'store.unreachable': { level: 'error', help: 'The store has gone away; queries fail until it is back.' },
  'store.reachable': { level: 'info', help: 'The store was opened, or is back after downMs.' },
}
