// Cases of the alerts about who comes to the admin listener.

import { born, ji, of, runs, type Trial, type Trials } from './case.ts'

const noticed = (kind: string, why = ''): string => of('linda_security_events_total', { kind, why })

/** Fires for the kind, and for no other one; missing without the label. */
function kindOf(kind: string, why = '', labels: Record<string, string> = {}, other = 'rate-limited'): Trial {
  return {
    fires: {
      series: { ...runs, [noticed(kind, why)]: born(2) },
      at: '4m',
      told: [{ labels: { ...ji, ...labels }, value: '2' }],
    },
    quiet: { series: { ...runs, [noticed(other, why)]: born(90) }, at: '4m' },
    missing: { series: { ...runs, [of('linda_security_events_total')]: born(90) }, at: '4m' },
  }
}

const broken = of('linda_audit_chain_broken')
const looked = of('linda_audit_looked_timestamp_seconds')
const unreadable = of('linda_admin_tokens_file_unreadable')
const expiry = of('linda_admin_certificate_expiry_timestamp_seconds')

export const securityCases: Trials = {
  SecurityLockOut: kindOf('locked-out'),
  TokenForged: {
    ...kindOf('jwt-refused', 'signature', { kind: 'jwt-refused' }),
    // A wrong setting, and not an attack.
    quiet: { series: { ...runs, [noticed('jwt-refused', 'audience')]: born(90) }, at: '4m' },
  },
  ExpiredTokenUsed: kindOf('expired-token'),
  TokenFromNewAddress: kindOf('new-address'),
  RightsProbed: kindOf('scope-refused', '', { kind: 'scope-refused' }),
  AuditChainBroken: {
    fires: { series: { [broken]: '0x6 1x60' }, at: '3m', told: [{ labels: ji, value: '1' }] },
    quiet: { series: { [broken]: '1x6 0x60' }, at: '3m' },
    missing: { series: runs, at: '3m' },
  },
  AuditUnproved: {
    fires: [
      {
        series: { ...runs, [looked]: '60x200', [of('linda_store_up', { driver: 'sqlite' })]: '1x200' },
        at: '20m',
        told: [{ labels: ji, value: '19m 0s' }],
      },
      // It has never come.
      { series: { ...runs, [looked]: '0x200' }, at: '20m', told: [{ labels: ji, value: '20m 0s' }] },
    ],
    quiet: [
      { series: { ...runs, [looked]: '0x5 60x5 120+10x200' }, at: '20m' },
      // It has just started.
      {
        series: { [of('process_start_time_seconds')]: '600x200', [looked]: '0x200' },
        at: '20m',
      },
      // The store is away, which is told.
      {
        series: { ...runs, [looked]: '60x200', [of('linda_store_up', { driver: 'sqlite' })]: '0x200' },
        at: '20m',
      },
    ],
    missing: { series: runs, at: '20m' },
  },
  TokensFileUnreadable: {
    fires: { series: { [unreadable]: '0x6 1x60' }, at: '7m', told: [{ labels: ji, value: '1' }] },
    quiet: { series: { [unreadable]: '1x6 0x60' }, at: '7m' },
    missing: { series: runs, at: '7m' },
  },
  AdminCertificateExpiring: {
    // Thirteen days and an hour after the start of the clock.
    fires: {
      series: { [expiry]: '1126800x500' },
      at: '1h5m',
      told: [{ labels: ji, value: '12d 23h 55m 0s' }],
    },
    quiet: { series: { [expiry]: '2592000x500' }, at: '1h5m' },
    // Without TLS.
    missing: { series: { [expiry]: '0x500' }, at: '1h5m' },
  },
}
