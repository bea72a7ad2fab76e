// Cases of the alerts on scores and diagnoses.

import { account, jia, ofAccount, type Trials, without } from './case.ts'

const score = (values: string, id = 'p1') => ({
  [ofAccount('whatsapp_health_score', { account: id })]: values,
})
const open = account('open', '1x500')
const finding = (issue: string, severity: string, values = '1x60') => ({
  [ofAccount('whatsapp_diagnosis_active', { issue, severity })]: values,
})
const told = (value: string, ...tiers: string[]) => tiers.map((tier) => ({ tier, labels: jia, value }))

const diagnosed = (issue: string, severity: string): Trials[string] => ({
  fires: {
    series: finding(issue, severity),
    at: '3m',
    told: [{ labels: { ...jia, issue }, value: '1' }],
  },
  quiet: { series: finding('SLOW_QR_SCAN', 'LOW'), at: '3m' },
  // Its severity changes meanwhile, and it is the same trouble: the label may as well be missing.
  missing: {
    series: { [ofAccount('whatsapp_diagnosis_active', { issue })]: '1x60' },
    at: '3m',
    told: [{ labels: { ...jia, issue }, value: '1' }],
  },
})

export const healthCases: Trials = {
  HealthLow: {
    fires: [
      { series: { ...open, ...score('55x500') }, at: '12m', told: told('55', '1') },
      { series: { ...open, ...score('25x500') }, at: '12m', told: told('25', '1', '2') },
    ],
    quiet: [
      // What waits to be linked is worth 50 at most.
      { series: { ...account('waiting', '0x500'), ...score('50x500') }, at: '12m' },
      { series: { ...account('open', '1x500', { mode: 'maintenance' }), ...score('25x500') }, at: '12m' },
      { series: { ...open, ...score('85x500') }, at: '12m' },
    ],
    missing: [
      { series: open, at: '12m' },
      { series: { ...without(open, 'whatsapp_session_state'), ...score('25x500') }, at: '12m' },
    ],
  },
  HealthDropped: {
    fires: {
      series: { ...open, ...score('95x30 80x300') },
      every: '1m',
      at: '50m',
      told: [{ labels: jia, value: '15' }],
    },
    quiet: [
      { series: { ...open, ...score('95x30 86x300') }, every: '1m', at: '50m' },
      // It rose, and an hour later nobody remembers how it fell.
      { series: { ...open, ...score('95x30 80x300') }, every: '1m', at: '2h30m' },
      { series: { ...account('logged-out', '0x300'), ...score('95x30 0x300') }, every: '1m', at: '50m' },
    ],
    missing: { series: { ...open, ...score('95x30 _x300') }, every: '1m', at: '50m' },
  },
  FleetHealthLow: {
    fires: {
      series: {
        ...open,
        ...score('80x500'),
        ...account('open', '1x500', { id: 'p2' }),
        ...score('50x500', 'p2'),
      },
      at: '8m',
      told: [{ labels: { job: 'linda' }, value: '65' }],
    },
    // The mean of both would be 65.
    quiet: {
      series: {
        ...open,
        ...score('80x500'),
        ...account('waiting', '0x500', { id: 'n1' }),
        ...score('50x500', 'n1'),
      },
      at: '8m',
    },
    missing: { series: open, at: '8m' },
  },
  DeafSession: diagnosed('DEAF_SESSION', 'CRITICAL'),
  MessagesUnacknowledged: diagnosed('UNACKNOWLEDGED_MESSAGES', 'HIGH'),
  DeliveryFalling: diagnosed('FALLING_DELIVERY', 'HIGH'),
  MessagesUndecryptable: diagnosed('UNDECRYPTABLE_MESSAGES', 'HIGH'),
}
