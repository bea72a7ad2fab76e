// Every dashboard, in the order in which somebody looks for the cause of trouble.

import type { Made } from '../dashboard.ts'
import { accountPage } from './account/index.ts'
import { agentPage } from './agent/index.ts'
import { failover } from './failover/index.ts'
import { fleet } from './fleet/index.ts'
import { history } from './history/index.ts'
import { messages } from './messages/index.ts'
import { paging } from './paging/index.ts'
import { pairing } from './pairing/index.ts'
import { slo } from './slo/index.ts'

export const all: readonly Made[] = [
  fleet,
  accountPage,
  pairing,
  failover,
  messages,
  paging,
  slo,
  agentPage,
  history,
]
