// Cases of the alerts on linking.

import { account, born, jia, ofAccount, runs, type Trials, without } from './case.ts'

const codes = ofAccount('whatsapp_qr_codes_issued_total')
const scans = ofAccount('whatsapp_qr_scans_total')
const again = ofAccount('whatsapp_qr_regenerations_total')
const gaveUp = { [ofAccount('whatsapp_pairing_given_up_total')]: '0x12 1x500' }
const passkey = ofAccount('whatsapp_diagnosis_active', { issue: 'PASSKEY_REQUIRED', severity: 'HIGH' })

export const pairingCases: Trials = {
  PairingRequired: {
    // Up until half past; an hour ago it still was.
    fires: {
      series: account('waiting', '1x30 0x400'),
      every: '1m',
      at: '80m',
      told: [{ labels: { ...jia, state: 'waiting' }, value: '1' }],
    },
    quiet: { series: account('waiting', '0x500'), at: '30m' },
    missing: { series: without(account('waiting', '0x500'), 'whatsapp_session_up'), at: '30m' },
  },
  QrRegenerationFailed: {
    fires: {
      series: { ...runs, ...account('waiting', '0x500', { codes: '24x500' }), ...gaveUp },
      at: '3m',
      told: [{ labels: jia, value: '1' }],
    },
    quiet: [
      // Reset, and codes are shown again.
      { series: { ...runs, ...account('pairing', '0x500'), ...gaveUp }, at: '3m' },
      // Waits because nobody looked; it was given up yesterday.
      {
        series: {
          ...runs,
          ...account('waiting', '0x500'),
          [ofAccount('whatsapp_pairing_given_up_total')]: '3x500',
        },
        every: '1m',
        at: '3h30s',
      },
    ],
    missing: { series: { ...runs, ...gaveUp }, at: '3m' },
  },
  EndlessQr: {
    fires: [
      {
        series: { ...runs, [codes]: '0x12 41x60', [scans]: '0x60' },
        at: '5m',
        told: [{ labels: jia, value: '41' }],
      },
      {
        series: { ...runs, [codes]: '0x12 20x60', [again]: '0x12 6x60' },
        at: '5m',
        told: [{ labels: jia, value: '6' }],
      },
    ],
    quiet: { series: { ...runs, [codes]: '0x12 41x60', [scans]: '0x12 1x60' }, at: '5m' },
    missing: { series: { ...runs, [scans]: '0x60' }, at: '5m' },
  },
  PasskeyRequired: {
    fires: {
      series: { [passkey]: '1x30' },
      at: '1m',
      told: [{ labels: { ...jia, issue: 'PASSKEY_REQUIRED' }, value: '1' }],
    },
    quiet: {
      series: {
        [ofAccount('whatsapp_diagnosis_active', { issue: 'SLOW_QR_SCAN', severity: 'LOW' })]: '1x30',
      },
      at: '1m',
    },
    missing: { series: { ...runs, ...account('waiting', '0x60'), [codes]: born(6) }, at: '1m' },
  },
}
