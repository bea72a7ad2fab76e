// What callers of the admin listener do, and what guards it: tokens, certificates, the audit trail.

import type { SecurityKind } from '../words.ts'
import type { Entries } from './entry.ts'

export interface AdminEvents {
  'admin.answered': {
    method: string
    route: string
    status: number
    ms: number
    client: string
    requestId: string
  }
  'admin.refused': {
    why: 'no-token' | 'bad-token' | 'locked-out' | 'role' | 'scope' | 'expired' | 'identity' | 'keys-away'
    route: string
    client: string
    /** The caller's name, where it is known. */
    who?: string
  }
  'admin.tls-loaded': { expiresAt: number }
  'admin.tls-unreadable': { detail: string }
  'security.noticed': { kind: SecurityKind; why: string | null; who: string | null; client: string }
  'tokens.changed': { added: number; removed: number; changed: number }
  'tokens.unreadable': { detail: string }
  'tokens.readable': Record<never, never>
  'audit.broken': { seq: number; what: 'changed' | 'missing' | 'inserted' | 'cut-off' }
  'audit.proved': { rows: number; ms: number }
  'audit.looked': Record<never, never>
  'audit.unread': { detail: string }
}

export const adminEvents: Entries<AdminEvents> = {
  'admin.answered': { level: 'debug', help: 'The admin listener answered a request.' },
  'admin.refused': { level: 'warn', help: 'The admin listener refused a caller.' },
  'admin.tls-loaded': {
    level: 'info',
    help: 'The admin listener uses this certificate from now on: at its start, and when the files have changed.',
  },
  'admin.tls-unreadable': {
    level: 'error',
    help: 'The files of the admin certificate have changed and cannot be used; the old ones stay in use.',
  },
  'security.noticed': {
    level: 'warn',
    help: 'Something on the admin listener looks like an attack, or like a secret in the wrong hands; the same is told once a minute.',
  },
  'tokens.changed': { level: 'info', help: 'The file of admin tokens was changed.' },
  'tokens.unreadable': {
    level: 'error',
    help: "The file of admin tokens cannot be read and those read before stay in force, or it is gone and they are nobody's; detail says which.",
  },
  'tokens.readable': { level: 'info', help: 'The file of admin tokens can be read again.' },
  'audit.broken': {
    level: 'error',
    help: 'A row of the audit trail was changed, is missing or does not belong there; seq is the first one.',
  },
  'audit.proved': {
    level: 'debug',
    help: 'The whole audit trail was read and every row is as it was written.',
  },
  'audit.looked': {
    level: 'debug',
    help: 'What is new in the audit trail and the next piece of the whole were read; they need not be well.',
  },
  'audit.unread': {
    level: 'error',
    help: 'The audit trail could not be read, so nothing proves it; told once for each reason.',
  },
}
