// Whether events are kept, and how many.

import { none, plain, rising } from '../../look/colours.ts'
import { upDown } from '../../look/mappings.ts'
import { figure } from '../../panels/figures.ts'
import { steps } from '../../panels/tile.ts'
import { orZero } from '../../queries/accounts.ts'
import { influx, noEvent, now } from '../../queries/query.ts'
import { grewInRange, of } from '../../queries/selectors.ts'
import { mine } from './shared.ts'

const embedded = {
  mayBeEmpty:
    'Without `history.influx` the history is in the store of the agent, and only the agent reads it.',
}

export const head = [
  figure({
    title: 'InfluxDB',
    what: 'Whether the agents can use InfluxDB.',
    whenBad: 'bring it back before 10,000 events wait: see HistoryDown.',
    width: 4,
    unit: 'none',
    mappings: upDown,
    noValue: 'not configured',
    queries: [now('InfluxDB', `min(${of('linda_history_up')})`, embedded)],
  }),
  figure({
    title: 'Written and lost',
    what: 'Events of the time range that were kept, and those that were dropped.',
    whenBad: 'dropped is lost for good; `history.dropped` in the log says why.',
    width: 8,
    unit: 'short',
    decimals: 0,
    steps: none(),
    overrides: [steps('written', plain)],
    noValue: 'no agent answers',
    queries: [
      now('written', `sum(${grewInRange(of('linda_history_points_total', 'outcome="written"'))})`),
      now('dropped', orZero(`sum(${grewInRange(of('linda_history_points_total', 'outcome="dropped"'))})`)),
    ],
  }),
  figure({
    title: 'Events kept',
    what: 'Events of the chosen accounts in the time range, as InfluxDB has them.',
    whenBad: 'nothing although the agents write: the policy, or another database.',
    width: 4,
    unit: 'short',
    steps: rising(1e9, 1e10),
    noValue: 'none',
    queries: [influx('events', `SELECT count("id") FROM "event" WHERE ${mine}`)],
  }),
  figure({
    title: 'Scans',
    what: 'Scans of the chosen accounts in the time range, and the time that 95% of them do not exceed.',
    whenBad: 'people who take long need a link instead of a page: see Pairing.',
    width: 8,
    unit: 'none',
    overrides: [{ matcher: { id: 'byName', options: '95%' }, properties: [{ id: 'unit', value: 'ms' }] }],
    noValue: 'nobody scanned',
    queries: [
      influx('scans', `SELECT count("scan_ms") FROM "scan" WHERE ${mine}`, noEvent('Nobody scanned')),
      influx('95%', `SELECT percentile("scan_ms", 95) FROM "scan" WHERE ${mine}`, noEvent('Nobody scanned')),
    ],
  }),
]
