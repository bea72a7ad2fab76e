// How the API writes the words that the agent uses inside.

import type { SessionState } from '../words.ts'

/** Upper case, CONNECTED for `open`, otherwise the state's name. */
export function statusOf(state: SessionState): string {
  return state === 'open' ? 'CONNECTED' : state.toUpperCase().replaceAll('-', '_')
}
