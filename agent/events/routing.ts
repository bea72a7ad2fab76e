// What decides who gets a message: decisions, settings, modes, ejections.

import type { AccountMode, RouteReason, StrategyName } from '../words.ts'
import type { Entries } from './entry.ts'

export interface RoutingEvents {
  'route.decided': { pool: string; strategy: StrategyName; reason: RouteReason; us: number }
  'routing.changed': {
    what: 'strategy' | 'weight' | 'priority'
    pool: string | null
    from: string | number
    to: string | number
    who: string
  }
  'routing.left-over': {
    what: 'strategy' | 'weight' | 'priority' | 'mode' | 'messages'
    pool: string | null
    /** What is set, or how many messages wait. */
    value: string
  }
  'account.mode-changed': { from: AccountMode; to: AccountMode; why: string; who: string }
  'account.ejected': { forMs: number; failures: number; ejections: number; shadow: boolean }
}

export const routingEvents: Entries<RoutingEvents> = {
  'route.decided': {
    level: 'debug',
    help: 'A message was given to an account, or to none, which parks it; us is the time that the decision took, in microseconds.',
  },
  'routing.changed': {
    level: 'info',
    help: 'A strategy, weight or priority was changed at run time, or taken back to what is configured.',
  },
  'routing.left-over': {
    level: 'warn',
    help: 'At the start: something is set, or messages wait, for a pool or an account that nobody lists any more.',
  },
  'account.mode-changed': {
    level: 'warn',
    help: 'A person or a failover took an account out of the routing, drains it, or put it back.',
  },
  'account.ejected': {
    level: 'warn',
    help: 'An account gets no new conversations for a while after failures in a row, or with shadow would get none.',
  },
}
