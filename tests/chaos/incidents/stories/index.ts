// Every kind of incident has one story.

import type { Kind } from '../labels.ts'
import type { Story } from '../subject.ts'
import { accounts } from './accounts.ts'
import { dead } from './dead.ts'
import { messages } from './messages.ts'
import { network } from './network.ts'
import { quiet } from './quiet.ts'

export const stories: Readonly<Record<Kind, Story>> = {
  ...quiet,
  ...dead,
  ...accounts,
  ...network,
  ...messages,
}
