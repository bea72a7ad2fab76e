// How sessions stand: states, connections, evidence of life.

import { account, counter, gauge, histogram, type MetricSpec, quickSeconds } from './spec.ts'

const connectSeconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40]

export const sessions = {
  accountInfo: gauge('whatsapp_account_info', 'One series per configured account.', [
    'account',
    'pool',
    'role',
    'region',
  ]),
  sessionUp: gauge('whatsapp_session_up', 'Whether the session is open and evidence is fresh.', account),
  sessionState: gauge('whatsapp_session_state', 'The session state; only the current one has a series.', [
    'account',
    'state',
  ]),
  sessionStateCode: gauge(
    'whatsapp_session_state_code',
    'The number of the session state, for timelines.',
    account,
  ),
  disconnects: counter('whatsapp_session_disconnects_total', 'Connections that ended, by reason.', [
    'account',
    'reason',
  ]),
  reconnects: counter('whatsapp_session_reconnects_total', 'Attempts to reopen a session, by outcome.', [
    'account',
    'outcome',
  ]),
  connectSeconds: histogram(
    'whatsapp_session_connect_seconds',
    'Time from dialling to an accepted login, or to giving up.',
    ['outcome'],
    connectSeconds,
  ),
  lastEvidence: gauge(
    'whatsapp_session_last_evidence_timestamp_seconds',
    'When the server last gave a sign of life.',
    account,
    'seconds',
  ),
  probeSeconds: histogram(
    'whatsapp_session_probe_seconds',
    'Time until a probe was answered or given up.',
    ['outcome'],
    quickSeconds,
  ),
  suspicions: counter(
    'whatsapp_session_suspicions_total',
    'Times that evidence was overdue, by what was missing.',
    ['account', 'suspicion'],
  ),
  evidenceLost: counter('whatsapp_session_evidence_lost_total', 'Sessions that said open and were dead.', [
    'account',
    'reason',
  ]),
  restricted: gauge('whatsapp_account_restricted', 'Whether WhatsApp restricts the account.', [
    'account',
    'kind',
  ]),
  trapped: counter('whatsapp_session_traps_total', 'Library misbehaviours that were contained.', ['trap']),
  libraryPrinted: counter(
    'whatsapp_library_prints_total',
    'Console outputs of the library that were dropped unread.',
  ),
  certificateUntrusted: counter(
    'whatsapp_certificate_untrusted_total',
    'Server signatures that the configured root does not confirm.',
  ),
  connectsOpening: gauge('linda_connects_opening', 'Connections being opened now.', []),
  connectsWaiting: gauge('linda_connects_waiting', 'Sessions that wait for their turn to connect.', []),
  connectLimit: gauge('linda_connects_limit', 'Connections that may be opening at once.', []),
  leaseEpoch: gauge('linda_lease_epoch', 'Epoch under which this process holds the account.', account),
  leasesHeld: gauge('linda_leases_held', 'Accounts that this process holds.', []),
} as const satisfies Record<string, MetricSpec>
