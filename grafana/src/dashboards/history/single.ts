// Single scans, scores, disconnects, recoveries and diagnoses.

import { thresholds } from '../../../../prometheus/src/thresholds.ts'
import { falling, rising } from '../../look/colours.ts'
import { events, lines, points } from '../../panels/graphs.ts'
import { influx, noEvent } from '../../queries/query.ts'
import { mine } from './shared.ts'

export const single = [
  points({
    title: 'Every scan',
    what: 'Each scan as a point: how long it took from the first view of the code.',
    whenBad: 'points near the pairing window are people who nearly did not make it.',
    width: 12,
    unit: 'ms',
    noValue: 'nobody scanned',
    queries: [
      influx(
        '$tag_account',
        `SELECT "scan_ms" FROM "scan" WHERE ${mine} GROUP BY "account"`,
        noEvent('Nobody scanned'),
      ),
    ],
  }),
  lines({
    title: 'Score history',
    what: 'Every sample of the health of each account.',
    whenBad: 'compare with the disconnects below: what fell with it is the cause.',
    width: 12,
    unit: 'none',
    min: 0,
    max: 100,
    steps: falling(thresholds.health.low, thresholds.health.fleet),
    limits: true,
    noValue: 'nothing scored',
    queries: [
      influx(
        '$tag_account',
        `SELECT mean("score") FROM "health" WHERE ${mine} GROUP BY time($__interval), "account" fill(none)`,
      ),
    ],
  }),
  lines({
    title: 'Factors in their own units',
    what: 'Means over the chosen accounts: uptime and processed messages in percent, failed operations in percent.',
    whenBad: 'the factor that leaves its line is what to look at on Account.',
    width: 12,
    unit: 'percent',
    noValue: 'nothing scored',
    queries: (
      [
        ['uptime', 'uptime'],
        ['processed', 'message_processing'],
        ['failed', 'error_rate'],
      ] as const
    ).map(([alias, field]) =>
      influx(
        alias,
        `SELECT mean("${field}") FROM "health" WHERE ${mine} GROUP BY time($__interval) fill(none)`,
        {
          mayBeEmpty: 'A factor is there once it was observed.',
        },
      ),
    ),
  }),
  lines({
    title: 'Response time',
    what: 'Mean time from accepting a message to the acknowledgement of the server, by account.',
    whenBad: 'above ten seconds it costs points: Messages says where the time goes.',
    width: 12,
    unit: 'ms',
    steps: rising(10_000, 60_000),
    noValue: 'nothing sent',
    queries: [
      influx(
        '$tag_account',
        `SELECT mean("response_time") FROM "health" WHERE ${mine} GROUP BY time($__interval), "account" fill(none)`,
        { mayBeEmpty: 'A factor is there once it was observed.' },
      ),
    ],
  }),
  events({
    title: 'Disconnects',
    what: 'Connections that ended, by reason.',
    whenBad: 'read the reasons from the top of the stack.',
    width: 8,
    unit: 'short',
    noValue: 'none',
    queries: [
      influx(
        '$tag_reason',
        `SELECT sum("disconnects") FROM "disconnect" WHERE ${mine} GROUP BY time($__interval), "reason" fill(none)`,
        noEvent('No connection ended'),
      ),
    ],
  }),
  points({
    title: 'Every recovery',
    what: 'Each time that a session opened again: how long the dialling took.',
    whenBad: 'points that stand high in a row are one outage.',
    width: 8,
    unit: 'ms',
    noValue: 'none was needed',
    queries: [
      influx(
        '$tag_account',
        `SELECT "ms" FROM "recovery" WHERE ${mine} GROUP BY "account"`,
        noEvent('No session opened again'),
      ),
    ],
  }),
  events({
    title: 'Diagnoses found',
    what: 'Diagnoses that were found, by issue.',
    whenBad: 'the same issue every day is a cause that nobody has mended.',
    width: 8,
    unit: 'short',
    noValue: 'none',
    queries: [
      influx(
        '$tag_issue',
        `SELECT sum("active") FROM "diagnosis" WHERE ${mine} AND "active" = 1 GROUP BY time($__interval), "issue" fill(none)`,
        noEvent('Nothing was wrong'),
      ),
    ],
  }),
]
