// The policies that a backtest compares, by name: those of the configuration, and fixed windows of any length.

import type { PolicyName } from '../learning/policies/index.ts'
import type { PolicySettings } from '../learning/policy.ts'

export interface Contender {
  name: string
  policy: PolicyName
  settings: PolicySettings
}

/** Always in the report, in this order. */
export const standard = ['fixed60', 'fixed120', 'fixed180', 'blend', 'survival'] as const
export const allowedNames = 'blend, survival, or fixedN with N from 10 to 600 seconds'

/** Null when the name is none of the allowed ones. A fixed window is as long as its name says, whatever the settings allow. */
export function contender(name: string, settings: PolicySettings): Contender | null {
  if (name === 'blend' || name === 'survival') return { name, policy: name, settings }
  const seconds = Number(/^fixed([1-9]\d{1,2})$/.exec(name)?.[1])
  if (!(seconds >= 10 && seconds <= 600)) return null
  const ms = seconds * 1000
  return { name, policy: 'fixed', settings: { ...settings, baseMs: ms, minMs: ms, maxMs: ms } }
}
