// Callers of the admin listener and what guards it.

import { counter, gauge, histogram, type MetricSpec, quickSeconds } from './spec.ts'

export const admin = {
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
} as const satisfies Record<string, MetricSpec>
