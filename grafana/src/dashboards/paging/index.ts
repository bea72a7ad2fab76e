// Paging: what fires, whether people were told and how fast, and whether the way from Prometheus to a phone is whole.

import { make } from '../../dashboard.ts'
import { pagers } from '../../parts/variables.ts'
import { head, now_ } from './now.ts'
import { told } from './told.ts'
import { watchers } from './watchers.ts'

export const paging = make({
  name: 'paging',
  title: 'Paging',
  description: 'Alerts and the way they take to people: Prometheus, Alertmanager, the pager, the providers.',
  from: 'now-6h',
  refresh: '30s',
  variables: [pagers],
  sections: [
    { tiles: head },
    { tiles: now_ },
    { title: 'Who was told', tiles: told },
    { title: 'The watchers', tiles: watchers },
  ],
})
