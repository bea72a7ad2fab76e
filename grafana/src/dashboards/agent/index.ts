// Agent: the processes themselves: whether they keep up, what each session costs, and whether store, history and API do their work.

import { make } from '../../dashboard.ts'
import { instances } from '../../parts/variables.ts'
import { faces } from './faces.ts'
import { inside } from './inside.ts'
import { keeping } from './keeping.ts'
import { head } from './overview.ts'
import { processes } from './process.ts'

export const agentPage = make({
  name: 'agent',
  title: 'Agent',
  description:
    'The processes: event loop, memory, cost of a session, store, history, API, and what is contained.',
  from: 'now-3h',
  refresh: '30s',
  variables: [instances],
  sections: [
    { tiles: head },
    { title: 'Process', tiles: processes },
    { title: 'Keeping', tiles: keeping },
    { title: 'Faces', tiles: faces },
    { title: 'Inside', tiles: inside },
  ],
})
