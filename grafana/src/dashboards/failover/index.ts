// Failover and routing: whether every pool has somebody left, what failovers did and how long each phase took, who gets the work and why, and who owns the sessions.

import { make } from '../../dashboard.ts'
import { failovers } from './failovers.ts'
import { head, pools } from './pools.ts'
import { ownership, routing } from './routing.ts'

export const failover = make({
  name: 'failover',
  title: 'Failover and routing',
  description:
    'Pools and who is left in them, failovers and their phases, distribution of the work, ownership of the sessions.',
  from: 'now-6h',
  refresh: '10s',
  sections: [
    {
      tiles: head,
    },
    {
      title: 'Pools',
      tiles: pools,
    },
    {
      title: 'Failovers',
      tiles: failovers,
    },
    {
      title: 'Routing',
      tiles: routing,
    },
    {
      title: 'Ownership',
      tiles: ownership,
    },
  ],
})
