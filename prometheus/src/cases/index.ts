// The cases of every file of rules, and how often its rules are evaluated in them.

import { agentCases } from './agent.ts'
import { agentHoursCases } from './agent-hours.ts'
import type { Trials } from './case.ts'
import { failoverCases } from './failover.ts'
import { healthCases } from './health.ts'
import { messageCases } from './messages.ts'
import { metaCases } from './meta.ts'
import { pairingCases } from './pairing.ts'
import { securityCases } from './security.ts'
import { sessionCases } from './sessions.ts'
import { sloCases } from './slo.ts'
import { storeCases } from './store.ts'

export interface Trialled {
  /** The file of rules, by its name without an ending. */
  rules: string
  every: string
  cases: Trials
}

/** By the name of the file under prometheus/tests/, without its endings. */
export const trials: Readonly<Record<string, Trialled>> = {
  agent: { rules: 'agent', every: '10s', cases: agentCases },
  'agent-hours': { rules: 'agent', every: '1m', cases: agentHoursCases },
  security: { rules: 'security', every: '10s', cases: securityCases },
  sessions: { rules: 'sessions', every: '10s', cases: sessionCases },
  pairing: { rules: 'pairing', every: '10s', cases: pairingCases },
  health: { rules: 'health', every: '10s', cases: healthCases },
  messages: { rules: 'messages', every: '10s', cases: messageCases },
  failover: { rules: 'failover', every: '10s', cases: failoverCases },
  store: { rules: 'store', every: '10s', cases: storeCases },
  slo: { rules: 'slo', every: '1m', cases: sloCases },
  meta: { rules: 'meta', every: '10s', cases: metaCases },
}
