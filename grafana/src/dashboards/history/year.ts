// Trends over a year, from figures of five minutes.

import { year } from '../../../../agent/history/influx/schema.ts'
import { thresholds } from '../../../../prometheus/src/thresholds.ts'
import { falling } from '../../look/colours.ts'
import { events, lines } from '../../panels/graphs.ts'
import { influx } from '../../queries/query.ts'
import { mine } from './shared.ts'

const managed = {
  mayBeEmpty: 'The figures of a year are there where Linda manages the schema, from the first hour on.',
}

const keptIn = (policy: string, measurement: string): string => `"${policy}"."${measurement}"`

export const long = [
  lines({
    title: 'Health over a year',
    what: 'Mean score of each account by day, over 365 days.',
    whenBad: 'a slope over weeks is an account that WhatsApp trusts less and less: give it less to do.',
    width: 12,
    unit: 'none',
    min: 0,
    max: 100,
    over: '365d',
    steps: falling(thresholds.health.low, thresholds.health.fleet),
    limits: true,
    noValue: 'nothing kept yet',
    queries: [
      influx(
        '$tag_account',
        `SELECT mean("mean_score") FROM ${keptIn(year, 'health')} WHERE ${mine} GROUP BY time(1d), "account" fill(none)`,
        managed,
      ),
    ],
  }),
  lines({
    title: 'Scan times over a year',
    what: 'Mean and slowest scan of each day, over 365 days and all chosen accounts.',
    whenBad:
      'a step that stays is a change of people or of the page: `linda backtest` finds the window that fits.',
    width: 12,
    unit: 'ms',
    over: '365d',
    noValue: 'nothing kept yet',
    queries: [
      influx(
        'mean',
        `SELECT mean("mean_scan_ms") FROM ${keptIn(year, 'scan')} WHERE ${mine} GROUP BY time(1d) fill(none)`,
        managed,
      ),
      influx(
        'slowest',
        `SELECT max("max_scan_ms") FROM ${keptIn(year, 'scan')} WHERE ${mine} GROUP BY time(1d) fill(none)`,
        managed,
      ),
    ],
  }),
  events({
    title: 'Disconnects over a year',
    what: 'Connections that ended on each day, by reason, over 365 days.',
    whenBad: 'a new reason on one day is a change at WhatsApp or in the network.',
    width: 12,
    unit: 'short',
    over: '365d',
    noValue: 'nothing kept yet',
    queries: [
      influx(
        '$tag_reason',
        `SELECT sum("count_disconnects") FROM ${keptIn(year, 'disconnect')} WHERE ${mine} GROUP BY time(1d), "reason" fill(none)`,
        managed,
      ),
    ],
  }),
  lines({
    title: 'Recovery over a year',
    what: 'Mean and slowest time of a day that a session took to open again, over 365 days.',
    whenBad: 'days with a high mean had outages that the redial could not end.',
    width: 12,
    unit: 'ms',
    over: '365d',
    noValue: 'nothing kept yet',
    queries: [
      influx(
        'mean',
        `SELECT mean("mean_ms") FROM ${keptIn(year, 'recovery')} WHERE ${mine} GROUP BY time(1d) fill(none)`,
        managed,
      ),
      influx(
        'slowest',
        `SELECT max("max_ms") FROM ${keptIn(year, 'recovery')} WHERE ${mine} GROUP BY time(1d) fill(none)`,
        managed,
      ),
    ],
  }),
]
