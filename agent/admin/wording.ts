// How the API writes the words that the agent uses inside.

import { type HealthStatus, healthStatuses } from '../health/status.ts'
import type { SessionState } from '../words.ts'

/** Upper case, CONNECTED for `open`, otherwise the state's name. */
export function statusOf(state: SessionState): string {
  return state === 'open' ? 'CONNECTED' : state.toUpperCase().replaceAll('-', '_')
}

export type HealthWord = Uppercase<HealthStatus>
export const healthWords = healthStatuses.map(healthWord) as [HealthWord, ...HealthWord[]]

export function healthWord(status: HealthStatus): HealthWord {
  return status.toUpperCase() as HealthWord
}
