// Pairing: who has to scan, how far people get, how long they take, and whether the window that was learned fits them.

import { make } from '../../dashboard.ts'
import { figures, funnel, vain, waiting, windows } from './now.ts'
import { happened, times } from './past.ts'

export const pairing = make({
  name: 'pairing',
  title: 'Pairing',
  description:
    'Linking accounts by QR code: who waits, how far people get, how long they take, what was learned from it.',
  from: 'now-24h',
  refresh: '30s',
  sections: [
    { tiles: [funnel, figures, vain] },
    { tiles: [waiting, windows] },
    {
      title: 'How long people take',
      tiles: times,
    },
    {
      title: 'What happened',
      tiles: happened,
    },
  ],
})
