// Fleet: what somebody who is woken at night opens first. The first line says whether there is trouble, the table says where, and a click leads there.

import { make } from '../../dashboard.ts'
import { alerts, grid, todo } from './grid.ts'
import { past } from './past.ts'
import { health, strip, work } from './strip.ts'

export const fleet = make({
  name: 'fleet',
  title: 'Fleet',
  description: 'Is anything wrong, where, and what to click. Start here.',
  from: 'now-3h',
  refresh: '10s',
  sections: [
    // Sessions above, work below.
    {
      tiles: [
        health,
        ...strip.map((above, index) => [above, work[index]].filter((tile) => tile !== undefined)),
      ],
    },
    { tiles: [grid, [alerts, todo]] },
    {
      title: 'How it came',
      tiles: past,
    },
  ],
})
