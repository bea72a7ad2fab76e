// Failovers and reports one by one, and events by type.

import { toAccount } from '../../look/links.ts'
import { events } from '../../panels/graphs.ts'
import { table } from '../../panels/table.ts'
import { influx, noEvent } from '../../queries/query.ts'
import { mine } from './shared.ts'

export const told = [
  table({
    title: 'Failovers one by one',
    what: 'Every failover of the chosen accounts in the time range, the newest first.',
    whenBad: '`linda failover show ID` has every step and every candidate.',
    width: 14,
    noValue: 'no failover',
    unpack: 'data',
    sort: [{ column: 'When', descending: true }],
    queries: [
      influx(
        'failovers',
        `SELECT "data", "account" FROM "event" WHERE ${mine} AND "type" = 'failover.ended' ORDER BY time DESC LIMIT 200`,
        { format: 'table', ...noEvent('There was no failover') },
      ),
    ],
    columns: [
      { from: 'Time', name: 'When', size: 170 },
      { from: 'account', name: 'From', links: [toAccount] },
      { from: 'to', name: 'To', links: [toAccount] },
      { from: 'pool', name: 'Pool' },
      { from: 'trigger', name: 'Trigger' },
      { from: 'outcome', name: 'Outcome' },
      { from: 'ms', name: 'Took', unit: 'ms', decimals: 0 },
      { from: 'messages', name: 'Messages', decimals: 0 },
    ],
  }),
  table({
    title: 'Reports',
    what: 'Reports that were sent or failed, the newest first. They are of the whole fleet.',
    whenBad: 'the detail names the mail server or the history; `linda report TYPE --send` tries again.',
    width: 10,
    noValue: 'no report was due',
    unpack: 'data',
    sort: [{ column: 'When', descending: true }],
    queries: [
      influx(
        'reports',
        `SELECT "data", "type" FROM "event" WHERE $timeFilter AND "type" =~ /^report\\./ ORDER BY time DESC LIMIT 200`,
        { format: 'table', mayBeEmpty: 'No report is sent unless a mail server is configured.' },
      ),
    ],
    columns: [
      { from: 'Time', name: 'When', size: 170 },
      { from: 'report', name: 'Report' },
      { from: 'type', name: 'Event' },
      { from: 'recipients', name: 'Recipients', decimals: 0 },
      { from: 'detail', name: 'Detail' },
    ],
  }),
  events({
    title: 'Events by type',
    what: 'What happened to the chosen accounts, by type of event.',
    whenBad: 'the type that leaps names the room to look at: docs/events.md explains each.',
    width: 24,
    unit: 'short',
    noValue: 'nothing kept',
    queries: [
      influx(
        '$tag_type',
        `SELECT count("id") FROM "event" WHERE ${mine} GROUP BY time($__interval), "type" fill(none)`,
      ),
    ],
  }),
]
