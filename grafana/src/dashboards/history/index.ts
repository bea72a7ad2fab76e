// History: what happened over weeks and months, event by event, from InfluxDB: single events for 30 days, their five-minute figures for a year.

import { make } from '../../dashboard.ts'
import { influxSource } from '../../parts/variables.ts'
import { head } from './overview.ts'
import { single } from './single.ts'
import { told } from './told.ts'
import { long } from './year.ts'

export const history = make({
  name: 'history',
  title: 'History',
  description:
    'Weeks and months from InfluxDB: trends over a year, single scans, scores, recoveries, failovers and reports.',
  from: 'now-7d',
  variables: [influxSource],
  sections: [
    { tiles: head },
    { title: 'A year', tiles: long },
    { title: 'Event by event', tiles: single },
    { title: 'Told', tiles: told },
  ],
})
