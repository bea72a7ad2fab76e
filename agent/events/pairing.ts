// What linking an account to its phone tells: attempts, codes, scans.

import type { PairingMethod, PairingOutcome } from '../words.ts'
import type { Entries } from './entry.ts'

export interface PairingEvents {
  'pairing.started': {
    attempt: number
    method: PairingMethod
    inARow: number
    windowMs: number
    source: string
  }
  'pairing.code-issued': { attempt: number; index: number; lifeMs: number }
  'pairing.code-viewed': { attempt: number; index: number; lifeLeftMs: number }
  'pairing.scanned': { attempt: number; scanMs: number | null }
  'pairing.regenerated': { attempt: number; inARow: number }
  'pairing.ended': {
    attempt: number
    method: PairingMethod
    outcome: PairingOutcome
    inARow: number
    viewed: boolean
    ms: number
    watchedMs: number | null
  }
  'pairing.code-fallback': { inARow: number }
  'pairing.given-up': { inARow: number }
  'pairing.link-made': Record<never, never>
}

export const pairingEvents: Entries<PairingEvents> = {
  'pairing.started': {
    level: 'info',
    help: 'WhatsApp began to hand out codes for an account; windowMs is how long the attempt may take, from the first view.',
  },
  'pairing.code-issued': { level: 'info', help: 'A QR code became current.' },
  'pairing.code-viewed': { level: 'info', help: 'Somebody was shown the current code.' },
  'pairing.scanned': { level: 'info', help: 'A phone scanned the code; scanMs runs from the first view.' },
  'pairing.regenerated': { level: 'warn', help: 'A viewed attempt expired and a fresh one begins.' },
  'pairing.ended': {
    level: 'info',
    help: 'An attempt ended, linked or not; watchedMs runs from the first view and is null when nobody looked.',
  },
  'pairing.code-fallback': {
    level: 'warn',
    help: 'Every allowed regeneration expired in front of somebody: a code to be typed is shown next.',
  },
  'pairing.given-up': {
    level: 'error',
    help: 'Codes were shown as often as is allowed and none was used: it goes on when a person says so.',
  },
  'pairing.link-made': {
    level: 'info',
    help: 'An operator made a link to the linking page, for whoever holds the phone.',
  },
}
