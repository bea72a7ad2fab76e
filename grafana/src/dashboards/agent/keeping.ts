// Store and history as the agents see them.

import { events, lines } from '../../panels/graphs.ts'
import { noEvent, range } from '../../queries/query.ts'
import { agent } from '../../queries/selectors.ts'
import { counted, perSecond, share } from './shared.ts'

export const keeping = [
  lines({
    title: 'Statements',
    what: 'What 95% of the statements in the store do not exceed, by operation.',
    whenBad: 'all at once is the disk or the database; one operation is a lock.',
    width: 8,
    unit: 's',
    noValue: 'no statement yet',
    queries: [range('{{operation}}', share(0.95, 'linda_store_query_seconds', 'operation'))],
  }),
  events({
    title: 'Store trouble',
    what: 'Statements that failed and writes that were refused because another process has taken the account.',
    whenBad: 'look for a full disk first; a refused write is a second agent: see OwnershipConflict.',
    width: 8,
    unit: 'short',
    noValue: 'none',
    queries: [
      range(
        '{{driver}} {{operation}}',
        counted('driver, operation', 'linda_store_errors_total'),
        noEvent('Every statement worked'),
      ),
      range(
        'refused: {{account}}',
        counted('account', 'linda_store_writes_fenced_total', 'account=~"$account"'),
        noEvent('No other process took an account'),
      ),
    ],
  }),
  lines({
    title: 'History',
    what: 'Events for the history per second by what became of them, and whether InfluxDB can be used (1) where it keeps them.',
    whenBad: 'failed waits in a buffer, dropped is lost: bring the database back before 10,000 events wait.',
    width: 8,
    unit: 'short',
    noValue: 'no event yet',
    queries: [
      range('{{driver}} {{outcome}}', perSecond('driver, outcome', 'linda_history_points_total')),
      range('{{driver}} reachable', `min by (driver) (${agent('linda_history_up')})`, {
        mayBeEmpty: 'The embedded history has no server that could be away.',
      }),
    ],
  }),
]
