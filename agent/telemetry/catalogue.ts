// Every metric as data: the instruments, docs/metrics.md and the checks are all made from this list, put together of one file a subject.

import { admin } from './metrics/admin.ts'
import { agent } from './metrics/agent.ts'
import { health } from './metrics/health.ts'
import { messages } from './metrics/messages.ts'
import { outside } from './metrics/outside.ts'
import { pairing } from './metrics/pairing.ts'
import { routing } from './metrics/routing.ts'
import { sessions } from './metrics/sessions.ts'
import type { MetricSpec } from './metrics/spec.ts'

export type { MetricSpec } from './metrics/spec.ts'

export const catalogue = {
  ...sessions,
  ...pairing,
  ...health,
  ...messages,
  ...routing,
  ...outside,
  ...agent,
  ...admin,
} as const satisfies Record<string, MetricSpec>

export type MetricKey = keyof typeof catalogue
