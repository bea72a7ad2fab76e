// Cases of the alerts that speak of the agent itself.

import { born, ji, jia, of, ofAccount, runs, type Trials } from './case.ts'

const samples = of('scrape_samples_post_metric_relabeling')
const refusals = (why: string): string => of('linda_admin_refused_total', { why })
const b = { instance: 'b:9464' }

export const agentCases: Trials = {
  AgentDown: {
    // One of two.
    fires: [
      {
        series: { [of('up')]: '1x3 0x20', [of('up', b)]: '1x30' },
        at: '2m',
        told: [{ tier: '1', labels: ji, value: '0' }],
      },
      {
        series: { [of('up')]: '1x3 0x60', [of('up', b)]: '1x90' },
        at: '7m',
        told: [
          { tier: '1', labels: ji, value: '0' },
          { tier: '2', labels: ji, value: '0' },
        ],
      },
    ],
    quiet: { series: { [of('up')]: '1x3 0 0 1x20' }, at: '1m30s' },
    missing: { series: { 'up{job="prometheus", instance="p:9090"}': '0x20' }, at: '3m' },
  },
  AgentAbsent: {
    fires: { series: {}, at: '3m', told: [{ labels: { job: 'linda' }, value: '1' }] },
    // Down is not absent.
    quiet: { series: { [of('up')]: '0x30' }, at: '4m' },
    missing: {
      series: { 'up{job="other"}': '1x30' },
      at: '3m',
      told: [{ labels: { job: 'linda' }, value: '1' }],
    },
  },
  AgentRestarting: {
    fires: {
      series: { [of('process_start_time_seconds')]: '0x6 60x6 120x6 180x30' },
      at: '5m',
      told: [{ labels: ji, value: '3' }],
    },
    quiet: { series: { [of('process_start_time_seconds')]: '0x6 60x6 120x60' }, at: '5m' },
    missing: { series: { 'process_start_time_seconds{job="other"}': '0 1 2 3 4 5x60' }, at: '5m' },
  },
  EventLoopBlocked: {
    fires: {
      series: { [of('nodejs_eventloop_lag_p99_seconds')]: '0.5x60' },
      at: '5m',
      told: [{ labels: ji, value: '500ms' }],
    },
    quiet: { series: { [of('nodejs_eventloop_lag_p99_seconds')]: '0.5x6 0.02x60' }, at: '5m' },
    missing: { series: { 'nodejs_eventloop_lag_p99_seconds{job="linda-pager"}': '9x60' }, at: '5m' },
  },
  CardinalityHigh: {
    fires: [
      { series: { [samples]: '45000x90' }, at: '12m', told: [{ labels: ji, value: '45k' }] },
      {
        series: { [samples]: '6000x90', [of('linda_leases_held')]: '5x90' },
        at: '12m',
        told: [{ labels: ji, value: '6k' }],
      },
    ],
    quiet: { series: { [samples]: '32000x90', [of('linda_leases_held')]: '1000x90' }, at: '12m' },
    missing: { series: { [samples]: '6000x90' }, at: '12m' },
  },
  CertificateUntrusted: {
    fires: {
      series: { ...runs, [of('whatsapp_certificate_untrusted_total')]: '0x12 1x60' },
      at: '5m',
      told: [{ labels: ji, value: '1' }],
    },
    // Long ago.
    quiet: { series: { ...runs, [of('whatsapp_certificate_untrusted_total')]: '0x3 7x200' }, at: '20m' },
    missing: { series: runs, at: '5m' },
  },
  LibraryTraps: {
    fires: {
      series: { ...runs, [of('whatsapp_session_traps_total', { trap: 'frame-rejected' })]: born(21) },
      at: '5m',
      told: [{ labels: { ...ji, trap: 'frame-rejected' }, value: '21' }],
    },
    // Two kinds are not added up.
    quiet: {
      series: {
        ...runs,
        [of('whatsapp_session_traps_total', { trap: 'frame-rejected' })]: born(15),
        [of('whatsapp_session_traps_total', { trap: 'duplicate-inbound' })]: born(15),
      },
      at: '5m',
    },
    missing: { series: runs, at: '5m' },
  },
  SubscriberErrors: {
    fires: {
      series: { ...runs, [of('linda_event_subscriber_errors_total')]: '0x12 2x60' },
      at: '5m',
      told: [{ labels: ji, value: '2' }],
    },
    quiet: { series: { ...runs, [of('linda_event_subscriber_errors_total')]: '0x60' }, at: '5m' },
    missing: { series: runs, at: '5m' },
  },
  AdminRefused: {
    fires: {
      series: { ...runs, [refusals('bad-token')]: born(21) },
      at: '4m',
      told: [{ labels: ji, value: '21' }],
    },
    quiet: { series: { ...runs, [refusals('no-token')]: born(90) }, at: '4m' },
    missing: { series: { ...runs, [of('linda_admin_refused_total')]: born(90) }, at: '4m' },
  },
  OwnershipConflict: {
    fires: {
      series: { ...runs, [ofAccount('linda_store_writes_fenced_total')]: born(1) },
      at: '5m',
      told: [{ labels: jia, value: '1' }],
    },
    // Known since before Prometheus: a counter of last week is no news, although it was not there ten minutes ago.
    quiet: {
      series: {
        [of('up')]: '_x60 1x60',
        [of('process_start_time_seconds')]: '_x60 0x60',
        [ofAccount('linda_store_writes_fenced_total')]: '_x60 5x60',
      },
      at: '15m',
    },
    missing: { series: runs, at: '5m' },
  },
}
