// Events, their data, and the samples that each of them moves for the account uae-1; everything else stays at zero.

import type { EventType } from '../../../agent/events.ts'

export const cases: [EventType, object, string[]][] = [
  [
    'session.opened',
    { ms: 1_500, reconnect: false },
    [
      'whatsapp_session_connect_seconds_count{outcome="opened"} 1',
      'whatsapp_session_connect_seconds_sum{outcome="opened"} 1.5',
    ],
  ],
  [
    'session.opened',
    { ms: 1_500, reconnect: true },
    [
      'whatsapp_session_connect_seconds_count{outcome="opened"} 1',
      'whatsapp_session_connect_seconds_sum{outcome="opened"} 1.5',
      'whatsapp_session_reconnects_total{account="uae-1",outcome="opened"} 1',
    ],
  ],
  [
    'session.connect-failed',
    { reason: 'refused', ms: 500, reconnect: true },
    [
      'whatsapp_session_connect_seconds_count{outcome="refused"} 1',
      'whatsapp_session_connect_seconds_sum{outcome="refused"} 0.5',
      'whatsapp_session_reconnects_total{account="uae-1",outcome="failed"} 1',
    ],
  ],
  [
    'session.closed',
    { reason: 'stalled', code: null, detail: '', openForMs: 1 },
    ['whatsapp_session_disconnects_total{account="uae-1",reason="stalled"} 1'],
  ],
  [
    'session.suspected',
    { suspicion: 'idle', silentMs: 1 },
    ['whatsapp_session_suspicions_total{account="uae-1",suspicion="idle"} 1'],
  ],
  [
    'session.probed',
    { suspicion: 'idle', outcome: 'timeout', ms: 1_500 },
    [
      'whatsapp_session_probe_seconds_count{outcome="timeout"} 1',
      'whatsapp_session_probe_seconds_sum{outcome="timeout"} 1.5',
    ],
  ],
  [
    'session.evidence-lost',
    { reason: 'stalled', silentMs: 1 },
    ['whatsapp_session_evidence_lost_total{account="uae-1",reason="stalled"} 1'],
  ],
  [
    'session.trapped',
    { trap: 'duplicate-inbound', detail: 'M1' },
    ['whatsapp_session_traps_total{trap="duplicate-inbound"} 1'],
  ],
  ['library.printed', { level: 'info' }, ['whatsapp_library_prints_total 1']],
  ['whatsapp.certificate-untrusted', { mode: 'warn' }, ['whatsapp_certificate_untrusted_total 1']],
  [
    'pairing.code-issued',
    { attempt: 1, index: 1, lifeMs: 1 },
    ['whatsapp_qr_codes_issued_total{account="uae-1"} 1'],
  ],
  [
    'pairing.code-viewed',
    { attempt: 1, index: 1, lifeLeftMs: 1 },
    ['whatsapp_qr_codes_viewed_total{account="uae-1"} 1'],
  ],
  [
    'pairing.scanned',
    { attempt: 1, scanMs: 9_000 },
    [
      'whatsapp_qr_scan_seconds_count 1',
      'whatsapp_qr_scan_seconds_sum 9',
      'whatsapp_qr_scans_total{account="uae-1"} 1',
    ],
  ],
  ['pairing.scanned', { attempt: 1, scanMs: null }, ['whatsapp_qr_scans_total{account="uae-1"} 1']],
  ['pairing.regenerated', { attempt: 2, inARow: 1 }, ['whatsapp_qr_regenerations_total{account="uae-1"} 1']],
  [
    'pairing.ended',
    { attempt: 1, method: 'qr', outcome: 'linked', viewed: true, ms: 1 },
    ['whatsapp_pairing_attempts_total{account="uae-1",method="qr",outcome="linked"} 1'],
  ],
  [
    'pairing.ended',
    { attempt: 1, method: 'qr', outcome: 'expired', viewed: true, ms: 1 },
    [
      'whatsapp_pairing_attempts_total{account="uae-1",method="qr",outcome="expired"} 1',
      'whatsapp_qr_expirations_total{account="uae-1"} 1',
    ],
  ],
  [
    'route.decided',
    { pool: 'sales', strategy: 'geo', reason: 'strategy', us: 8 },
    [
      'whatsapp_route_decision_seconds_count{strategy="geo"} 1',
      'whatsapp_route_decision_seconds_sum{strategy="geo"} 0.000008',
      'whatsapp_route_decisions_total{account="uae-1",pool="sales",strategy="geo",reason="strategy"} 1',
    ],
  ],
  [
    'account.ejected',
    { forMs: 30_000, failures: 5, ejections: 1, shadow: true },
    ['whatsapp_route_ejections_total{account="uae-1",outcome="shadow"} 1'],
  ],
  [
    'canary.probed',
    { outcome: 'received', from: 'uae-2', messageId: 'C1', ms: 750 },
    [
      'whatsapp_canary_probes_total{account="uae-1",outcome="received"} 1',
      'whatsapp_canary_seconds_count 1',
      'whatsapp_canary_seconds_sum 0.75',
    ],
  ],
  [
    'canary.probed',
    { outcome: 'not-received', from: 'uae-2', messageId: 'C1', ms: 30_000 },
    ['whatsapp_canary_probes_total{account="uae-1",outcome="not-received"} 1'],
  ],
  [
    'message.accepted',
    { message: 'A1', messageId: 'M1', pool: 'sales', state: 'queued' },
    ['whatsapp_messages_accepted_total{pool="sales"} 1'],
  ],
  [
    'message.ended',
    { message: 'A1', messageId: 'M1', pool: 'sales', state: 'expired', code: 'expired', attempts: 2, ms: 9 },
    ['whatsapp_outbox_ended_total{pool="sales",state="expired"} 1'],
  ],
  [
    'message.ended',
    {
      message: 'A1',
      messageId: 'M1',
      pool: 'sales',
      state: 'unknown',
      code: 'cancelled',
      attempts: 2,
      ms: 9,
    },
    ['whatsapp_outbox_cancelled_total{pool="sales"} 1'],
  ],
  [
    'message.unkept',
    { messageId: 'M1', why: 'store', detail: 'away' },
    ['whatsapp_inbound_unkept_total{why="store"} 1'],
  ],
  [
    'failover.held',
    { pool: 'sales', trigger: 'banned', why: 'off' },
    ['whatsapp_failovers_held_total{pool="sales",trigger="banned"} 1'],
  ],
  [
    'failover.ended',
    {
      failover: 'F1',
      pool: 'sales',
      kind: 'automatic',
      trigger: 'zombie',
      outcome: 'active',
      to: 'uae-2',
      detectMs: 4_000,
      transferMs: 500,
      ms: 1_000,
      messages: 3,
      conversations: 2,
      unsure: 1,
    },
    [
      'whatsapp_failover_phase_seconds_count{phase="detect"} 1',
      'whatsapp_failover_phase_seconds_count{phase="end"} 1',
      'whatsapp_failover_phase_seconds_count{phase="transfer"} 1',
      'whatsapp_failover_phase_seconds_sum{phase="detect"} 4',
      'whatsapp_failover_phase_seconds_sum{phase="end"} 5',
      'whatsapp_failover_phase_seconds_sum{phase="transfer"} 0.5',
      'whatsapp_failovers_total{pool="sales",trigger="zombie",outcome="active"} 1',
    ],
  ],
  ['message.sent', { messageId: 'M1' }, ['whatsapp_messages_sent_total{account="uae-1"} 1']],
  [
    'message.acked',
    { messageId: 'M1', ms: 250 },
    [
      'whatsapp_message_ack_seconds_count 1',
      'whatsapp_message_ack_seconds_sum 0.25',
      'whatsapp_messages_acked_total{account="uae-1"} 1',
    ],
  ],
  [
    'message.failed',
    { messageId: 'M1', code: 'nack-463', outcome: 'failed' },
    ['whatsapp_messages_failed_total{account="uae-1",code="nack-463"} 1'],
  ],
  [
    'message.delivered',
    { messageId: 'M1', ms: 500 },
    ['whatsapp_message_delivery_seconds_count 1', 'whatsapp_message_delivery_seconds_sum 0.5'],
  ],
  ['message.delivered', { messageId: 'M1', ms: null }, []],
  [
    'message.received',
    { messageId: 'M1', offline: false },
    ['whatsapp_messages_received_total{account="uae-1"} 1'],
  ],
  [
    'message.undecryptable',
    { messageId: 'M1' },
    ['whatsapp_messages_undecryptable_total{account="uae-1"} 1'],
  ],
  [
    'webhook.delivered',
    { webhook: 'crm', delivery: 'd', attempts: 1, ageMs: 5, ms: 250 },
    [
      'linda_webhook_delivery_seconds_count{webhook="crm"} 1',
      'linda_webhook_delivery_seconds_sum{webhook="crm"} 0.25',
      'whatsapp_webhook_deliveries_total{outcome="delivered"} 1',
    ],
  ],
  [
    'webhook.failed',
    { webhook: 'crm', delivery: 'd', attempts: 1, ageMs: 5, ms: 500, delayMs: 5_000, detail: 'http 500' },
    [
      'linda_webhook_delivery_seconds_count{webhook="crm"} 1',
      'linda_webhook_delivery_seconds_sum{webhook="crm"} 0.5',
      'whatsapp_webhook_deliveries_total{outcome="retried"} 1',
    ],
  ],
  [
    'webhook.dead',
    { webhook: 'crm', why: 'overflow', count: 7, delivery: null, attempts: null, ms: null, detail: 'x' },
    ['whatsapp_webhook_deliveries_total{outcome="dead"} 7'],
  ],
  ['webhook.dropped', { webhook: 'crm', count: 3 }, ['linda_webhook_dropped_total{webhook="crm"} 3']],
  ['webhook.missed', { count: 2, detail: 'x' }, ['linda_webhook_missed_total 2']],
  [
    'report.made',
    { report: 'weekly', accounts: 100, ms: 2_000 },
    ['linda_report_seconds_count{type="weekly"} 1', 'linda_report_seconds_sum{type="weekly"} 2'],
  ],
  [
    'report.sent',
    { report: 'daily', recipients: 2, refused: 0, attempts: 1, ms: 300 },
    ['linda_reports_total{type="daily",outcome="sent"} 1'],
  ],
  [
    'report.failed',
    { report: 'monthly', doing: 'sending', attempts: 4, ms: 300, detail: 'x' },
    ['linda_reports_total{type="monthly",outcome="failed"} 1'],
  ],
  [
    'admin.answered',
    { method: 'GET', route: '/api/x', status: 200, ms: 100, client: '::1' },
    [
      'linda_admin_request_seconds_count{method="GET",route="/api/x",status="200"} 1',
      'linda_admin_request_seconds_sum{method="GET",route="/api/x",status="200"} 0.1',
    ],
  ],
  [
    'security.noticed',
    { kind: 'jwt-refused', why: 'signature', who: null, client: '10.0.0.1' },
    ['linda_security_events_total{kind="jwt-refused",why="signature"} 1'],
  ],
  [
    'security.noticed',
    { kind: 'locked-out', why: null, who: null, client: '10.0.0.1' },
    ['linda_security_events_total{kind="locked-out",why=""} 1'],
  ],
  ['audit.broken', { seq: 7, what: 'changed' }, ['linda_audit_chain_broken 1']],
  ['audit.proved', { rows: 7, ms: 1 }, []],
  ['audit.looked', { at: 1_800_000_000_000 }, ['linda_audit_looked_timestamp_seconds 1800000000']],
  ['tokens.unreadable', { detail: '' }, ['linda_admin_tokens_file_unreadable 1']],
  ['tokens.readable', {}, []],
  [
    'admin.tls-loaded',
    { expiresAt: 1_800_000_000_000 },
    ['linda_admin_certificate_expiry_timestamp_seconds 1800000000'],
  ],
  [
    'notification.sent',
    {
      notification: 'n1',
      issue: 'CONNECTION_LOST',
      channels: ['sms'],
      status: 'SENT',
      severity: 'critical',
      kind: 'firing',
      attempts: 1,
      sentAt: null,
      cursor: 1,
    },
    ['linda_notifications_sent_total{severity="critical"} 1'],
  ],
  ['pager.polled', { outcome: 'failed', count: 0, ms: 1 }, ['linda_pager_polls_total{outcome="failed"} 1']],
  [
    'admin.refused',
    { why: 'bad-token', route: '/api', client: '::1' },
    ['linda_admin_refused_total{why="bad-token"} 1'],
  ],
  [
    'grafana.pushed',
    { count: 3, ms: 40 },
    [
      'linda_grafana_push_delay_seconds_count 1',
      'linda_grafana_push_delay_seconds_sum 0.04',
      'linda_grafana_pushes_total{outcome="pushed"} 1',
    ],
  ],
  [
    'grafana.push-failed',
    { detail: 'http 502', waiting: 4, retryMs: 900 },
    ['linda_grafana_pushes_total{outcome="failed"} 1'],
  ],
  [
    'grafana.dropped',
    { count: 3, why: 'refused', detail: 'http 400' },
    ['linda_grafana_dropped_total{why="refused"} 3', 'linda_grafana_pushes_total{outcome="refused"} 1'],
  ],
  ['grafana.dropped', { count: 1, why: 'full', detail: null }, ['linda_grafana_dropped_total{why="full"} 1']],
  [
    'live.dropped',
    { transport: 'sse', why: 'slow', waitingBytes: 1 },
    ['linda_live_dropped_total{why="slow"} 1'],
  ],
  [
    'live.written',
    { frames: 2, websocket: 6, sse: 0, ms: 4 },
    [
      'linda_live_delay_seconds_count 1',
      'linda_live_delay_seconds_sum 0.004',
      'linda_live_frames_total{transport="websocket"} 6',
    ],
  ],
  [
    'live.written',
    { frames: 1, websocket: 0, sse: 3, ms: 1 },
    [
      'linda_live_delay_seconds_count 1',
      'linda_live_delay_seconds_sum 0.001',
      'linda_live_frames_total{transport="sse"} 3',
    ],
  ],
  [
    'store.queried',
    { driver: 'sqlite', operation: 'select', ms: 2 },
    [
      'linda_store_query_seconds_count{driver="sqlite",operation="select"} 1',
      'linda_store_query_seconds_sum{driver="sqlite",operation="select"} 0.002',
    ],
  ],
  [
    'store.failed',
    { driver: 'sqlite', operation: 'select', detail: 'x' },
    ['linda_store_errors_total{driver="sqlite",operation="select"} 1'],
  ],
]
