// What moves the work of one account to another.

import type { FailoverCause, FailoverKind, FailoverState } from '../words.ts'
import type { Entries } from './entry.ts'

export interface FailoverEvents {
  'failover.detected': {
    /** Of the failover; its events have ids of their own. */
    failover: string
    pool: string
    kind: FailoverKind
    trigger: FailoverCause
    silentMs: number
  }
  'failover.held': { pool: string; trigger: FailoverCause; why: string }
  'failover.step': {
    /** Of the failover; its events have ids of their own. */
    failover: string
    pool: string
    state: FailoverState
    to: string | null
    ms: number
    note: string | null
  }
  'failover.ended': {
    /** Of the failover; its events have ids of their own. */
    failover: string
    pool: string
    kind: FailoverKind
    trigger: FailoverCause
    outcome: FailoverState
    to: string | null
    detectMs: number
    transferMs: number | null
    ms: number
    messages: number
    conversations: number
    unsure: number
  }
  'failover.stuck': { failover: string; detail: string }
}

export const failoverEvents: Entries<FailoverEvents> = {
  'failover.detected': {
    level: 'warn',
    help: 'The work of an account is about to go to another one; silentMs is how long its fault was there unseen.',
  },
  'failover.held': {
    level: 'error',
    help: 'An account has a fault and is not failed over: automatic failover is off, damped, or the trouble is of this machine.',
    logEveryMs: 60_000,
  },
  'failover.step': { level: 'info', help: 'A failover went a step further; ms runs from its detection.' },
  'failover.ended': {
    level: 'error',
    help: 'A failover is over: another account has the work, or the first one has it back, or it is parked because nobody may take it.',
  },
  'failover.stuck': {
    level: 'error',
    help: 'A step of a failover could not be written and is tried again.',
    logEveryMs: 10_000,
  },
}
