// Errors that say in one line what is wrong outside the program; every other one is a bug and shows its stack.

import { ConfigError } from '../config/problems.ts'
import { HistoryError } from '../history/port.ts'
import { ListenError } from '../http.ts'
import { StoreError } from '../store/sql.ts'
import { WebhookError } from '../webhooks/target.ts'
import { AskError } from './agent-api.ts'

const mistakes = [ConfigError, StoreError, HistoryError, ListenError, WebhookError]

/** The exit status of such an error; null where it is a bug. */
export function statusOfMistake(error: unknown): number | null {
  if (error instanceof AskError) return error.status
  return mistakes.some((kind) => error instanceof kind) ? 2 : null
}
