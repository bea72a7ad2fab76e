// Who comes to the admin listener: guessers, secrets in the wrong hands, and an audit trail that somebody touched.

import type { Alert } from '../alert.ts'
import { agents, grown } from '../promql.ts'
import { thresholds } from '../thresholds.ts'

const { auditUnread, certificateDays } = thresholds

/** The same thing counts once a minute and agent, so each is news. */
const noticed = (kind: string, by = 'job, instance', window = '10m'): string =>
  `${grown(by, `linda_security_events_total{${kind}}`, window)} > 0`

export const security: readonly Alert[] = [
  {
    name: 'SecurityLockOut',
    severity: 'warning',
    expr: noticed('kind="locked-out"'),
    summary: 'An address was locked out of an admin listener after twenty wrong tokens.',
    description: 'Agent {{ $labels.instance }} locked out {{ $value | humanize }} times within 10 minutes.',
    action: 'Read `security.noticed` for the address; close the listener to it.',
    dashboard: 'agent',
  },
  {
    name: 'TokenForged',
    severity: 'warning',
    // What a mistake in a configuration makes (another issuer or audience, an unknown key) is not among these.
    expr: noticed(
      'kind=~"jwt-refused|identity-refused", why=~"signature|algorithm|header|malformed|too-long|replayed"',
      'job, instance, kind',
    ),
    summary: 'Somebody shows tokens that no identity provider made, or one a second time.',
    description:
      'Agent {{ $labels.instance }}, {{ $labels.kind }}: {{ $value | humanize }} times within 10 minutes.',
    action: 'Read `security.noticed` for the address and the reason.',
    dashboard: 'agent',
  },
  {
    name: 'ExpiredTokenUsed',
    severity: 'warning',
    expr: noticed('kind="expired-token"'),
    keepFiringFor: '15m',
    summary: 'A token is used after its time.',
    description: 'Agent {{ $labels.instance }} refused one {{ $value | humanize }} times within 10 minutes.',
    action: 'Read `security.noticed` for its name: a program needs a new one, or somebody kept an old one.',
    dashboard: 'agent',
  },
  {
    name: 'TokenFromNewAddress',
    severity: 'info',
    expr: noticed('kind="new-address"'),
    summary: 'A token was used from an address that it never came from.',
    description: 'Agent {{ $labels.instance }}: {{ $value | humanize }} within 10 minutes.',
    action: 'Read `security.noticed` for token and address, and ask its holder.',
    dashboard: 'agent',
  },
  {
    name: 'RightsProbed',
    severity: 'info',
    expr: noticed('kind=~"role-refused|scope-refused"', 'job, instance, kind'),
    summary: 'A caller asks again and again for what it may not do.',
    description:
      'Agent {{ $labels.instance }}, {{ $labels.kind }}: {{ $value | humanize }} times within 10 minutes.',
    action: 'Read `security.noticed` for the caller: it needs another role or pool, or it tries doors.',
    dashboard: 'agent',
  },
  {
    name: 'AuditChainBroken',
    severity: 'critical',
    expr: `linda_audit_chain_broken{${agents}} == 1`,
    summary: 'A row of the audit trail was changed, removed or put in.',
    description: 'Found by agent {{ $labels.instance }}: `broken` is {{ $value }}.',
    action: 'linda audit verify says which row; keep a backup of the store as it is before anything else.',
    dashboard: 'agent',
  },
  {
    name: 'AuditUnproved',
    severity: 'critical',
    // 0 until the first look; that is given as long after a start. A store that is away has an alert of its own.
    expr: `time() - linda_audit_looked_timestamp_seconds{${agents}} > ${auditUnread}
  and on (job, instance) process_start_time_seconds < time() - ${auditUnread}
  unless on (job, instance) linda_store_up == 0`,
    summary: 'The audit trail cannot be read, so nothing proves it.',
    description:
      'Agent {{ $labels.instance }} read its audit trail {{ $value | humanizeDuration }} ago for the last time.',
    action: 'Read `audit.unread` in the log; keep a backup of the store as it is before anything else.',
    dashboard: 'agent',
  },
  {
    name: 'TokensFileUnreadable',
    severity: 'warning',
    expr: `linda_admin_tokens_file_unreadable{${agents}} == 1`,
    for: '5m',
    summary: 'The file of admin tokens cannot be read, or is gone.',
    description: 'That of agent {{ $labels.instance }}: `unreadable` is {{ $value }}.',
    action:
      'Read `tokens.unreadable` in the log: until the file is read a token revoked in it still opens doors.',
    dashboard: 'agent',
  },
  {
    name: 'AdminCertificateExpiring',
    severity: 'warning',
    // 0 without one.
    expr: `(linda_admin_certificate_expiry_timestamp_seconds{${agents}} > 0) - time() < ${certificateDays * 86_400}`,
    for: '1h',
    summary: 'The certificate of an admin listener ends soon.',
    description: 'That of agent {{ $labels.instance }} ends in {{ $value | humanizeDuration }}.',
    action: 'Put a new one into the files of admin.tls; the agent reads them by itself.',
    dashboard: 'agent',
  },
]
