// What one WhatsApp session tells: states, connections, evidence of life, restrictions.

import type { Reason, SessionState, Suspicion, Trap } from '../words.ts'
import type { Entries } from './entry.ts'

export interface SessionEvents {
  'session.state-changed': { from: SessionState; to: SessionState; reason: Reason }
  'session.connecting': { attempt: number; waitedMs: number }
  'session.opened': { ms: number; reconnect: boolean }
  'session.closed': { reason: Reason; code: number | null; detail: string; openForMs: number | null }
  'session.connect-failed': { reason: Reason; ms: number; reconnect: boolean }
  'session.retry-scheduled': { reason: Reason; attempt: number; delayMs: number }
  'session.suspected': { suspicion: Suspicion; silentMs: number }
  'session.probed': { suspicion: Suspicion; outcome: 'ok' | 'timeout' | 'error'; ms: number }
  'session.evidence-lost': { reason: Reason; silentMs: number }
  'session.restricted': { kind: string; untilMs: number | null }
  'session.restriction-lifted': Record<never, never>
  'session.trapped': { trap: Trap; detail: string }
  'library.printed': { method: string }
  'whatsapp.certificate-untrusted': { mode: 'warn' | 'strict' }
}

export const sessionEvents: Entries<SessionEvents> = {
  'session.state-changed': { level: 'info', help: 'A session went from one state to another.' },
  'session.connecting': { level: 'debug', help: 'A socket is being opened, after waiting its turn.' },
  'session.opened': { level: 'info', help: 'The server accepted the login.' },
  'session.closed': { level: 'info', help: 'A connection ended, with the reason and the library code.' },
  'session.connect-failed': { level: 'warn', help: 'A connection ended before it was open.' },
  'session.retry-scheduled': { level: 'info', help: 'The session will dial again after the delay.' },
  'session.suspected': { level: 'debug', help: 'Evidence is overdue and a probe is sent.' },
  'session.probed': { level: 'debug', help: 'A probe was answered, timed out or could not be sent.' },
  'session.evidence-lost': {
    level: 'warn',
    help: 'The socket says open and the server gives no sign of life.',
  },
  'session.restricted': {
    level: 'error',
    help: 'WhatsApp restricts the account while its socket stays open.',
  },
  'session.restriction-lifted': { level: 'info', help: 'A restriction ended.' },
  'session.trapped': { level: 'warn', help: 'The adapter contained a misbehaviour of the WhatsApp library.' },
  'library.printed': {
    level: 'trace',
    help: 'The WhatsApp library printed something, which was dropped unread.',
  },
  'whatsapp.certificate-untrusted': {
    level: 'error',
    help: 'The server presented a certificate that the configured root did not sign.',
  },
}
