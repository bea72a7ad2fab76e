// Cases of the alerts on the store and the history.

import { born, ji, of, runs, type Trials } from './case.ts'

const sqlite = { ...ji, driver: 'sqlite' }
const influx = { ...ji, driver: 'influx' }
const up = (values: string, driver = 'sqlite') => ({ [of('linda_store_up', { driver })]: values })
const errors = (operation: string, count: number) => ({
  [of('linda_store_errors_total', { driver: 'sqlite', operation })]: born(count),
})
const points = (outcome: string, values: string) => ({
  [of('linda_history_points_total', { driver: 'influx', outcome })]: values,
})
const reports = (outcome: string) => ({ [of('linda_reports_total', { type: 'daily', outcome })]: born(1) })

export const storeCases: Trials = {
  StoreDown: {
    fires: { series: up('1x3 0x30'), at: '1m', told: [{ labels: sqlite, value: '0' }] },
    quiet: { series: up('1x3 0 1x30'), at: '1m' },
    missing: { series: runs, at: '1m' },
  },
  StoreFailing: {
    // Added up over the operations.
    fires: {
      series: { ...runs, ...errors('insert', 4), ...errors('update', 4) },
      at: '4m',
      told: [{ labels: sqlite, value: '8' }],
    },
    quiet: { series: { ...runs, ...errors('insert', 5) }, at: '4m' },
    missing: { series: runs, at: '4m' },
  },
  HistoryDown: {
    fires: {
      series: { [of('linda_history_up', { driver: 'influx' })]: '0x60' },
      at: '7m',
      told: [{ labels: influx, value: '0' }],
    },
    quiet: { series: { [of('linda_history_up', { driver: 'influx' })]: '0x6 1x60' }, at: '7m' },
    // The embedded history has no such series.
    missing: { series: runs, at: '7m' },
  },
  HistoryFailing: {
    // One more every 10 s. The window begins between two values.
    fires: {
      series: { ...runs, ...points('failed', '0+1x200') },
      every: '7s',
      at: '14m10s',
      told: [{ labels: influx, value: '42.86' }],
    },
    quiet: {
      series: { ...runs, ...points('failed', '0x3 9x200'), ...points('written', '0+5x200') },
      at: '14m',
    },
    missing: { series: runs, at: '14m' },
  },
  HistoryDropping: {
    fires: {
      series: { ...runs, ...points('dropped', born(100)) },
      at: '5m',
      told: [{ labels: influx, value: '100' }],
    },
    quiet: { series: { ...runs, ...points('written', born(100)) }, at: '5m' },
    missing: { series: runs, at: '5m' },
  },
  ReportFailed: {
    fires: {
      series: { ...runs, ...reports('failed') },
      at: '5m',
      told: [{ labels: { job: 'linda', type: 'daily' }, value: '1' }],
    },
    quiet: { series: { ...runs, ...reports('sent') }, at: '5m' },
    missing: { series: runs, at: '5m' },
  },
}
