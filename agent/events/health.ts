// What is known of how well accounts are: scores, diagnoses, test messages.

import type { CanaryOutcome } from '../words.ts'
import type { Entries } from './entry.ts'

export interface HealthEvents {
  'health.scored': {
    score: number | null
    confidence: number
    status: string
    caps: string[]
    factors: Record<string, number | null>
    issues: string[]
  }
  'health.status-changed': { from: string; to: string; score: number | null; caps: string[] }
  'health.checked': { accounts: number; alive: number; ms: number }
  'diagnosis.found': {
    issue: string
    severity: string
    since: number
    pattern: string
    numbers: Record<string, number | string>
  }
  'diagnosis.cleared': { issue: string; forMs: number }
  'canary.probed': { outcome: CanaryOutcome; from: string; messageId: string; ms: number }
  'canary.strayed': { messageId: string }
  'health.not-kept': { doing: 'reading' | 'writing'; detail: string }
}

export const healthEvents: Entries<HealthEvents> = {
  'health.scored': {
    level: 'debug',
    keep: true,
    help: 'An account was scored, and the score has moved or half an hour has passed; factors are in their own units.',
  },
  'health.status-changed': {
    level: 'warn',
    help: 'An account became healthy, warning or unhealthy.',
  },
  'health.checked': { level: 'info', help: 'Somebody had sessions probed by hand.' },
  'diagnosis.found': { level: 'warn', help: 'Something is wrong with an account, and it has a name.' },
  'diagnosis.cleared': { level: 'info', help: 'What was wrong is so no longer.' },
  'canary.probed': {
    level: 'debug',
    keep: true,
    help: 'A test message between two accounts was received or was not; account is whom that speaks of, from is the sender and ms runs from sending.',
  },
  'canary.strayed': {
    level: 'debug',
    help: 'A test message came after its deadline or from before a restart, and was swallowed.',
  },
  'health.not-kept': {
    level: 'warn',
    help: 'The sums that health rests on could not be read from the store or written to it; they go on in memory.',
    logEveryMs: 60_000,
  },
}
