// Every metric as data: the instruments, docs/metrics.md and the checks are all made from this list.

export interface MetricSpec {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly unit: 'seconds' | 'ratio' | 'score' | 'bytes' | 'none'
  readonly labels: readonly string[]
  /** Upper bounds, for histograms. */
  readonly buckets?: readonly number[]
  /** Observations carry the id of their trace. */
  readonly exemplars?: true
}

const connectSeconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40]
const quickSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const messageSeconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const scanSeconds = [2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180]
/** A decision may take 50 microseconds for a pool of 1,000. */
const decisionSeconds = [0.000001, 0.0000025, 0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.001, 0.01]
const failoverSeconds = [0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 20, 60]
const reportSeconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const pushSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60]
const liveSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]
const storeSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1]

function counter(name: string, help: string, labels: readonly string[] = []): MetricSpec {
  return { name, type: 'counter', help, unit: 'none', labels }
}
function gauge(
  name: string,
  help: string,
  labels: readonly string[],
  unit: MetricSpec['unit'] = 'none',
): MetricSpec {
  return { name, type: 'gauge', help, unit, labels }
}
function histogram(
  name: string,
  help: string,
  labels: readonly string[],
  buckets: readonly number[],
  exemplars?: true,
): MetricSpec {
  const spec = { name, type: 'histogram', help, unit: 'seconds', labels, buckets } as const
  return exemplars ? { ...spec, exemplars } : spec
}

const account = ['account']

export const catalogue = {
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
  codesIssued: counter('whatsapp_qr_codes_issued_total', 'QR codes that became current.', account),
  codesViewed: counter('whatsapp_qr_codes_viewed_total', 'Times that somebody was shown a code.', account),
  scans: counter('whatsapp_qr_scans_total', 'Codes that a phone scanned.', account),
  expirations: counter('whatsapp_qr_expirations_total', 'Pairing attempts whose codes ran out.', account),
  regenerations: counter(
    'whatsapp_qr_regenerations_total',
    'Fresh attempts after a viewed one expired.',
    account,
  ),
  scanSeconds: histogram(
    'whatsapp_qr_scan_seconds',
    'Time from the first view to the scan.',
    [],
    scanSeconds,
  ),
  scanQuantile: gauge(
    'whatsapp_qr_scan_quantile_seconds',
    'Learned time by which a share of the people has scanned.',
    ['account', 'quantile'],
    'seconds',
  ),
  fleetScanQuantile: gauge(
    'whatsapp_fleet_qr_scan_quantile_seconds',
    'The same over all accounts.',
    ['quantile'],
    'seconds',
  ),
  pairingWindow: gauge(
    'whatsapp_pairing_window_seconds',
    'How long the next attempt to pair may take, from the first view.',
    account,
    'seconds',
  ),
  pairingConfidence: gauge(
    'whatsapp_pairing_confidence_ratio',
    'How well the 95th percentile of the scan times is known.',
    account,
    'ratio',
  ),
  codeFallbacks: counter(
    'whatsapp_pairing_code_fallbacks_total',
    'Rows of QR attempts that ended unscanned in front of somebody, after which a code to be typed is shown.',
    account,
  ),
  givenUp: counter(
    'whatsapp_pairing_given_up_total',
    'Times that everything allowed was shown in vain; a person must reset the QR.',
    account,
  ),
  pairingAttempts: counter('whatsapp_pairing_attempts_total', 'Pairing attempts that ended, by outcome.', [
    'account',
    'method',
    'outcome',
  ]),
  healthScore: gauge(
    'whatsapp_health_score',
    'Health from 0 to 100; no series while nothing is known.',
    account,
    'score',
  ),
  healthConfidence: gauge(
    'whatsapp_health_confidence_ratio',
    'Share of the weights whose factors were observed.',
    account,
    'ratio',
  ),
  healthFactor: gauge(
    'whatsapp_health_factor_score',
    'What a factor of the health is worth, from 0 to 100.',
    ['account', 'factor'],
    'score',
  ),
  fleetHealthScore: gauge('whatsapp_fleet_health_score', 'Mean health of the accounts.', [], 'score'),
  diagnosisActive: gauge('whatsapp_diagnosis_active', 'A diagnosis that holds; only those have a series.', [
    'account',
    'issue',
    'severity',
  ]),
  canarySeconds: histogram(
    'whatsapp_canary_seconds',
    'Time from sending a test message to its arrival at another account.',
    [],
    messageSeconds,
  ),
  canaryProbes: counter(
    'whatsapp_canary_probes_total',
    'Test messages between accounts, by what became of them; each is also one of the messages sent and acknowledged.',
    ['account', 'outcome'],
  ),
  messagesSent: counter('whatsapp_messages_sent_total', 'Messages written to the socket.', account),
  messagesAcked: counter('whatsapp_messages_acked_total', 'Messages that the server acknowledged.', account),
  messagesReceived: counter(
    'whatsapp_messages_received_total',
    'Inbound messages, each counted once.',
    account,
  ),
  messagesFailed: counter('whatsapp_messages_failed_total', 'Messages that were not acknowledged, by code.', [
    'account',
    'code',
  ]),
  undecryptable: counter(
    'whatsapp_messages_undecryptable_total',
    'Inbound messages that could not be decrypted at first.',
    account,
  ),
  handlerFailed: counter(
    'whatsapp_messages_handler_failed_total',
    'Inbound messages that their handler could not take.',
    account,
  ),
  ackSeconds: histogram(
    'whatsapp_message_ack_seconds',
    'Time from sending to the acknowledgement of the server.',
    [],
    messageSeconds,
    true,
  ),
  deliverySeconds: histogram(
    'whatsapp_message_delivery_seconds',
    'Time from sending to the receipt of the recipient.',
    [],
    messageSeconds,
    true,
  ),
  routeDecisions: counter(
    'whatsapp_route_decisions_total',
    'Messages given to an account, or to none (an empty account), which parks them.',
    ['pool', 'account', 'strategy', 'reason'],
  ),
  routeSeconds: histogram(
    'whatsapp_route_decision_seconds',
    'Time of a routing decision.',
    ['strategy'],
    decisionSeconds,
  ),
  ejections: counter(
    'whatsapp_route_ejections_total',
    'Accounts that got no new conversations for a while after failures in a row, or in shadow mode would have got none.',
    ['account', 'outcome'],
  ),
  accountMode: gauge('whatsapp_account_mode', 'The mode of the account; only the current one has a series.', [
    'account',
    'mode',
  ]),
  poolAccounts: gauge('whatsapp_pool_accounts', 'Accounts of a pool, by role and state.', [
    'pool',
    'role',
    'state',
  ]),
  webhookDeliveries: counter(
    'whatsapp_webhook_deliveries_total',
    'Attempts to deliver to webhooks, by what became of the delivery.',
    ['outcome'],
  ),
  webhookSeconds: histogram(
    'linda_webhook_delivery_seconds',
    'Time of an attempt to deliver to a webhook.',
    ['webhook'],
    quickSeconds,
  ),
  webhookBacklog: gauge(
    'linda_webhook_backlog',
    'Deliveries of a webhook that wait, are under way or are dead, as of some seconds ago.',
    ['webhook', 'state'],
  ),
  webhookOldest: gauge(
    'linda_webhook_oldest_seconds',
    'Age of the oldest delivery of a webhook that waits or is under way, as of some seconds ago.',
    ['webhook'],
    'seconds',
  ),
  webhookDropped: counter(
    'linda_webhook_dropped_total',
    'Dead letters that were deleted before their time because there were too many.',
    ['webhook'],
  ),
  webhookMissed: counter(
    'linda_webhook_missed_total',
    'Changes of session states that could not be written for the webhooks.',
  ),
  messagesAccepted: counter('whatsapp_messages_accepted_total', 'Messages taken into the outbox.', ['pool']),
  messagesEnded: counter(
    'whatsapp_outbox_ended_total',
    'Messages that left the outbox without an acknowledgement, by how they ended.',
    ['pool', 'state'],
  ),
  outboxMessages: gauge('whatsapp_outbox_messages', 'Messages for which something is still to be done.', [
    'pool',
    'state',
  ]),
  outboxOldest: gauge(
    'whatsapp_outbox_oldest_seconds',
    'How long the oldest of them has been there; no series while there is none.',
    ['pool', 'state'],
    'seconds',
  ),
  outboxLimit: gauge('linda_outbox_limit', 'Open messages above which none is accepted.', []),
  inboundUnkept: counter(
    'whatsapp_inbound_unkept_total',
    'Times that an inbound message could not be put into the store yet, or was dropped.',
    ['why'],
  ),
  failovers: counter('whatsapp_failovers_total', 'Failovers that ended, by what began them and how.', [
    'pool',
    'trigger',
    'outcome',
  ]),
  failoversHeld: counter(
    'whatsapp_failovers_held_total',
    'Faults of accounts that were not failed over; the event says why.',
    ['pool', 'trigger'],
  ),
  failoverSeconds: histogram(
    'whatsapp_failover_phase_seconds',
    'Time of a failover: from the fault to its detection, from there to the transfer, and from the fault to its end.',
    ['phase'],
    failoverSeconds,
  ),
  failoverOpen: gauge('whatsapp_failovers_open', 'Failovers under way on this node.', []),
  failoverEnabled: gauge('linda_failover_enabled', 'Whether automatic failover is on.', []),
  reports: counter('linda_reports_total', 'Reports that were to be sent, by what became of them.', [
    'type',
    'outcome',
  ]),
  reportSeconds: histogram(
    'linda_report_seconds',
    'Time of making a report from the history, without drawing or sending it.',
    ['type'],
    reportSeconds,
  ),
  buildInfo: gauge('linda_build_info', 'Versions of what runs.', [
    'version',
    'node_version',
    'baileys_version',
  ]),
  leaseEpoch: gauge('linda_lease_epoch', 'Epoch under which this process holds the account.', account),
  leasesHeld: gauge('linda_leases_held', 'Accounts that this process holds.', []),
  connectsOpening: gauge('linda_connects_opening', 'Connections being opened now.', []),
  connectsWaiting: gauge('linda_connects_waiting', 'Sessions that wait for their turn to connect.', []),
  connectLimit: gauge('linda_connects_limit', 'Connections that may be opening at once.', []),
  events: counter('linda_events_total', 'Domain events, by type.', ['type']),
  subscriberErrors: counter(
    'linda_event_subscriber_errors_total',
    'Events that a subscriber could not take.',
  ),
  storeSeconds: histogram(
    'linda_store_query_seconds',
    'Time of a statement in the store.',
    ['driver', 'operation'],
    storeSeconds,
  ),
  storeErrors: counter('linda_store_errors_total', 'Statements that the store could not run.', [
    'driver',
    'operation',
  ]),
  storeUp: gauge('linda_store_up', 'Whether the store can be reached.', ['driver']),
  historyPoints: counter('linda_history_points_total', 'Events for the history, by what became of them.', [
    'driver',
    'outcome',
  ]),
  historyUp: gauge('linda_history_up', 'Whether InfluxDB can be used, where it keeps the history.', [
    'driver',
  ]),
  writesFenced: counter(
    'linda_store_writes_fenced_total',
    'Writes that were refused because another process has taken the account.',
    account,
  ),
  notificationsSent: counter(
    'linda_notifications_sent_total',
    'Notifications that the pager has sent, as the agent read them from its history.',
    ['severity'],
  ),
  pagerPolls: counter('linda_pager_polls_total', 'Questions to the pager for what it has sent, by outcome.', [
    'outcome',
  ]),
  adminSeconds: histogram(
    'linda_admin_request_seconds',
    'Time of an admin request.',
    ['method', 'route', 'status'],
    quickSeconds,
  ),
  adminRefused: counter('linda_admin_refused_total', 'Admin requests that were refused, by why.', ['why']),
  securityEvents: counter(
    'linda_security_events_total',
    'What looked like an attack on the admin listener, or like a secret in the wrong hands; the same counts once a minute.',
    ['kind', 'why'],
  ),
  auditBroken: gauge(
    'linda_audit_chain_broken',
    'Whether a row of the audit trail was found changed, missing or inserted; 0 also before the first look.',
    [],
  ),
  auditLooked: gauge(
    'linda_audit_looked_timestamp_seconds',
    'When the audit trail was last read to be proved, whatever was found; 0 before the first time.',
    [],
    'seconds',
  ),
  tokensUnreadable: gauge(
    'linda_admin_tokens_file_unreadable',
    'Whether the file of admin tokens cannot be read, or is gone although it had tokens.',
    [],
  ),
  adminCertificate: gauge(
    'linda_admin_certificate_expiry_timestamp_seconds',
    'When the certificate of the admin listener ends; 0 without one.',
    [],
    'seconds',
  ),
  grafanaPushes: counter(
    'linda_grafana_pushes_total',
    'Requests to the live stream of Grafana, by outcome: pushed, failed (tried again) or refused.',
    ['outcome'],
  ),
  grafanaPushDelay: histogram(
    'linda_grafana_push_delay_seconds',
    'Time from a change of state or score until Grafana has taken it; the oldest of each request.',
    [],
    pushSeconds,
  ),
  grafanaDropped: counter('linda_grafana_dropped_total', 'Changes that Grafana was not told, by why.', [
    'why',
  ]),
  liveClients: gauge('linda_live_clients', 'Readers of the live stream.', ['transport']),
  liveFrames: counter(
    'linda_live_frames_total',
    'Frames written to readers of the live stream, one for each reader.',
    ['transport'],
  ),
  liveDropped: counter(
    'linda_live_dropped_total',
    'Readers of the live stream that the agent sent away, by why.',
    ['why'],
  ),
  liveDelay: histogram(
    'linda_live_delay_seconds',
    'Time from an event until it was written to every reader of the live stream; the oldest of each batch.',
    [],
    liveSeconds,
  ),
} as const satisfies Record<string, MetricSpec>

export type MetricKey = keyof typeof catalogue
