// Cases of the alerts on the watchers.

import { born, of, type Trials } from './case.ts'

const pager = { job: 'linda-pager', instance: 'pager:9465' }
const its = (name: string, labels = {}) => of(name, { ...pager, ...labels })
const itRuns = { [its('up')]: '1x500', [its('process_start_time_seconds')]: '0x500' }
const sent = (outcome: string) => its('pager_notifications_total', { channel: 'sms', outcome })
const delay = (le: string, values: string) => ({
  [its('pager_notification_delay_seconds_bucket', { channel: 'sms', le })]: values,
})
const prometheus = { job: 'prometheus', instance: 'p:9090' }
const ofAlertmanager = (name: string) =>
  of(name, { job: 'alertmanager', instance: 'am:9093', integration: 'slack' })
const of9090 = (name: string) => of(name, prometheus)

export const metaCases: Trials = {
  Watchdog: {
    fires: { series: {}, at: '1m', told: [{ labels: { job: 'linda' }, value: '1' }] },
    // It has no quiet: with everything down it fires all the same.
    quiet: { series: { [its('up')]: '0x30' }, at: '1m', told: [{ labels: { job: 'linda' }, value: '1' }] },
    missing: { series: {}, at: '0s', told: [{ labels: { job: 'linda' }, value: '1' }] },
  },
  PagerDown: {
    fires: [
      { series: { [its('up')]: '1x3 0x30' }, at: '3m', told: [{ labels: pager, value: '0' }] },
      // Its targets were taken away.
      { series: { [its('up')]: '1x3 stale' }, at: '3m', told: [{ labels: pager, value: '0' }] },
    ],
    quiet: [
      { series: { [its('up')]: '1x3 0x3 1x30' }, at: '3m' },
      // It has another address now.
      { series: { [its('up')]: '1x3 stale', [its('up', { instance: 'b:9465' })]: '1x30' }, at: '3m' },
      // Long ago.
      { series: { [its('up')]: '1x3 stale' }, at: '70m' },
    ],
    // No pager is configured.
    missing: { series: { [of('up')]: '0x30' }, at: '3m' },
  },
  PagerFailing: {
    fires: {
      series: { ...itRuns, [sent('failed')]: born(1) },
      at: '5m',
      told: [{ labels: { ...pager, channel: 'sms' }, value: '1' }],
    },
    quiet: { series: { ...itRuns, [sent('sent')]: born(9) }, at: '5m' },
    missing: { series: itRuns, at: '5m' },
  },
  PagerWaiting: {
    fires: {
      series: { [its('pager_oldest_critical_delivery_seconds')]: '0x3 0+10x30' },
      at: '4m',
      told: [{ labels: pager, value: '3m 20s' }],
    },
    quiet: {
      series: {
        [its('pager_oldest_critical_delivery_seconds')]: '0+10x6 0x60',
        // Warnings wait for their budget.
        [its('pager_oldest_delivery_seconds')]: '0+10x60',
      },
      at: '5m',
    },
    missing: { series: itRuns, at: '5m' },
  },
  PagerMistaken: {
    fires: {
      series: { ...itRuns, [its('pager_mistakes_total', { what: 'unknown-receiver' })]: '0x12 1x500' },
      at: '5m',
      told: [{ labels: { ...pager, what: 'unknown-receiver' }, value: '1' }],
    },
    quiet: {
      series: { ...itRuns, [its('pager_mistakes_total', { what: 'unknown-receiver' })]: '0x500' },
      at: '5m',
    },
    missing: { series: itRuns, at: '5m' },
  },
  PagerSlow: {
    fires: {
      series: { ...delay('30', '0x200'), ...delay('60', '0+1x200'), ...delay('+Inf', '0+1x200') },
      at: '20m',
      told: [{ labels: { job: 'linda-pager', channel: 'sms' }, value: '58.5s' }],
    },
    quiet: [
      {
        series: { ...delay('30', '0+1x200'), ...delay('60', '0+1x200'), ...delay('+Inf', '0+1x200') },
        at: '20m',
      },
      // Nothing was sent: no number.
      { series: { ...delay('30', '0x200'), ...delay('60', '5x200'), ...delay('+Inf', '5x200') }, at: '20m' },
    ],
    missing: { series: itRuns, at: '20m' },
  },
  PagerHeartbeatLate: {
    fires: {
      series: { ...itRuns, [its('pager_heartbeat_timestamp_seconds')]: '60x200' },
      at: '8m',
      told: [{ labels: pager, value: '7m 0s' }],
    },
    quiet: [
      { series: { ...itRuns, [its('pager_heartbeat_timestamp_seconds')]: '0+10x200' }, at: '8m' },
      // It has just started.
      {
        series: {
          [its('process_start_time_seconds')]: '300x200',
          [its('pager_heartbeat_timestamp_seconds')]: '0x200',
        },
        at: '8m',
      },
    ],
    missing: { series: itRuns, at: '8m' },
  },
  AlertmanagerUnreachable: {
    fires: {
      series: { [of9090('prometheus_notifications_alertmanagers_discovered')]: '0x60' },
      at: '7m',
      told: [{ labels: prometheus, value: '0' }],
    },
    quiet: {
      series: {
        [of9090('prometheus_notifications_alertmanagers_discovered')]: '1x60',
        [of9090('prometheus_notifications_errors_total')]: '0x60',
      },
      at: '7m',
    },
    missing: { series: itRuns, at: '7m' },
  },
  NotificationsFailing: {
    fires: {
      series: { [ofAlertmanager('alertmanager_notifications_failed_total')]: '0x3 0+1x60' },
      at: '8m25s',
      told: [
        {
          labels: { job: 'alertmanager', instance: 'am:9093', integration: 'slack' },
          value: '30',
        },
      ],
    },
    quiet: {
      series: { [ofAlertmanager('alertmanager_notifications_failed_total')]: '7x60' },
      at: '8m25s',
    },
    missing: { series: itRuns, at: '8m25s' },
  },
  RulesFailing: {
    fires: {
      series: { [of9090('prometheus_config_last_reload_successful')]: '0x60' },
      at: '3m',
      told: [{ labels: prometheus, value: '0' }],
    },
    quiet: {
      series: {
        [of9090('prometheus_config_last_reload_successful')]: '1x60',
        [of9090('prometheus_rule_evaluation_failures_total')]: '7x60',
      },
      at: '3m',
    },
    missing: { series: itRuns, at: '3m' },
  },
}
