// What each domain event is called in the live stream and what of it is told; an event that has no line here is not told.

import type { AnyEvent, EventOf, EventType } from '../../events.ts'
import { iso } from '../../iso.ts'
import { statusOf } from '../wording.ts'

/** Every type that a frame after the first may have. */
export const frameTypes = [
  'connection:status-changed',
  'qr:generated',
  'qr:scanned',
  'qr:timeout',
  'health:score-updated',
  'error:occurred',
  'notification:sent',
] as const
export type FrameType = (typeof frameTypes)[number]

/** Times are ISO 8601, durations milliseconds. */
export interface Told {
  type: FrameType
  data: Readonly<Record<string, unknown>>
}

type Teller = { [T in EventType]?: (event: EventOf<T>) => Told | null }

const error = (code: string, data: Record<string, unknown> = {}): Told => ({
  type: 'error:occurred',
  data: { error: code, ...data },
})
const shouted = (word: string): string => word.toUpperCase().replaceAll('-', '_')

/** Single messages are not among the errors: one outage would be a frame for each of them. The diagnoses and the score speak of them. */
const teller: Teller = {
  'session.state-changed': ({ from, to, reason }) => ({
    type: 'connection:status-changed',
    data: { status: statusOf(to), previousStatus: statusOf(from), reason },
  }),
  // That there is one, never the code itself: who may see it asks for it.
  'pairing.code-issued': ({ attempt, index, lifeMs }) => ({
    type: 'qr:generated',
    data: { attempt, index, life: lifeMs },
  }),
  'pairing.scanned': ({ attempt, scanMs }) => ({ type: 'qr:scanned', data: { attempt, scanTime: scanMs } }),
  'pairing.ended': ({ attempt, method, outcome, inARow, viewed, ms }) =>
    outcome === 'expired'
      ? { type: 'qr:timeout', data: { attempt, method, regenerations: inARow, viewed, duration: ms } }
      : null,
  'health.scored': ({ score, confidence, status, caps, issues }) => ({
    type: 'health:score-updated',
    data: { healthScore: score, healthStatus: shouted(status), confidence, caps, issues },
  }),
  'notification.sent': ({ notification, issue, channels, status, severity, kind, sentAt }) => ({
    type: 'notification:sent',
    data: { notification, type: issue, channels, status, severity, kind, sentAt },
  }),
  'session.connect-failed': ({ reason }) => error('CONNECT_FAILED', { reason }),
  'session.evidence-lost': ({ reason, silentMs }) => error('EVIDENCE_LOST', { reason, silent: silentMs }),
  'session.restricted': ({ kind, untilMs }) => error('RESTRICTED', { kind, until: iso(untilMs) }),
  'pairing.given-up': ({ inARow }) => error('QR_REGENERATION_FAILED', { regenerations: inARow }),
  'diagnosis.found': ({ issue, severity, since, pattern }) =>
    error(issue, { severity, detectedAt: iso(since), pattern }),
  'account.ejected': ({ forMs, failures, shadow }) =>
    shadow ? null : error('EJECTED', { duration: forMs, failures }),
  'failover.held': ({ pool, trigger: cause, why }) => error('FAILOVER_HELD', { pool, cause, why }),
  'failover.ended': ({ failover, pool, trigger: cause, outcome }) =>
    outcome === 'active' ? null : error(`FAILOVER_${shouted(outcome)}`, { failover, pool, cause }),
  'store.write-fenced': () => error('FENCED'),
  'whatsapp.certificate-untrusted': ({ mode }) => error('CERTIFICATE_UNTRUSTED', { mode }),
  'store.unreachable': ({ driver }) => error('STORE_UNREACHABLE', { driver }),
  'history.unreachable': ({ driver }) => error('HISTORY_UNREACHABLE', { driver }),
}

/** Null where the stream says nothing of the event. */
export function tellingOf(event: AnyEvent): Told | null {
  const tell = teller[event.type] as ((event: AnyEvent) => Told | null) | undefined
  return tell?.(event) ?? null
}
