// Linking: an account that was linked and is not, codes in vain, codes for nobody, and a passkey.

import type { Alert } from '../alert.ts'
import { grown, me } from '../promql.ts'
import { thresholds } from '../thresholds.ts'

const by = me.slice(1, -1)
const { qr } = thresholds

/** It was up at one of these moments, by the same agent or another. Lookups of single moments: a range over all accounts costs seconds. */
const wasUp = ['10m', '1h', '6h', '1d']
  .map((ago) => `whatsapp_session_up offset ${ago} == 1`)
  .join('\n      or ')

export const pairing: readonly Alert[] = [
  {
    name: 'PairingRequired',
    severity: 'warning',
    // Not for an account that nobody has ever linked: that is work to be done and no trouble.
    expr: `whatsapp_session_state{state=~"pairing|waiting"}
  and on (job, account) (
      ${wasUp}
  )`,
    for: '10m',
    summary: 'An account that was linked waits to be linked again.',
    description:
      'Account {{ $labels.account }} on {{ $labels.instance }} is {{ $labels.state }} ({{ $value }}).',
    action: 'linda qr {{ $labels.account }}, or --link for whoever holds the phone',
    dashboard: 'pairing',
  },
  {
    name: 'QrRegenerationFailed',
    severity: 'critical',
    // Given up in front of somebody, and still waiting for a person: a reset ends it at once.
    expr: `${grown(by, 'whatsapp_pairing_given_up_total', '1h')} > 0
  and on ${me} whatsapp_session_state{state="waiting"}`,
    summary: 'Every code that is allowed was shown in vain.',
    description:
      'QR regeneration failed for {{ $labels.account }} on {{ $labels.instance }}: {{ $value | humanize }} times within an hour.',
    action: 'linda qr {{ $labels.account }} --reset, with the phone at hand',
    dashboard: 'pairing',
  },
  {
    name: 'EndlessQr',
    severity: 'warning',
    // Codes without end and without a scan, looked at or not. A scan within the hour is a reason for all of them.
    expr: `(
  ${grown(by, 'whatsapp_qr_codes_issued_total', '1h')} > ${qr.codes}
  or
  ${grown(by, 'whatsapp_qr_regenerations_total', '1h')} > ${qr.regenerations}
) unless on ${me} (${grown(by, 'whatsapp_qr_scans_total', '1h')} > 0)`,
    summary: 'Codes are made again and again and nobody scans.',
    description:
      'Account {{ $labels.account }} on {{ $labels.instance }}: {{ $value | humanize }} codes or attempts within an hour.',
    action: 'Close the pages that ask for codes of this account; each code costs it reputation.',
    dashboard: 'pairing',
  },
  {
    name: 'PasskeyRequired',
    severity: 'warning',
    expr: 'whatsapp_diagnosis_active{issue="PASSKEY_REQUIRED"} == 1',
    summary: 'WhatsApp demands a passkey, which no program can give.',
    description:
      'Account {{ $labels.account }} on {{ $labels.instance }} cannot be linked now: {{ $value }}.',
    action: 'Wait, or use another account; trying in a loop does not help.',
    dashboard: 'pairing',
  },
]
