// How long people take to link a phone, and how often they do not.

import { account, counter, gauge, histogram, type MetricSpec } from './spec.ts'

const scanSeconds = [2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180]

export const pairing = {
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
} as const satisfies Record<string, MetricSpec>
