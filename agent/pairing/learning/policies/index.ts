// Every policy by the name that the configuration gives it.

import type { Policy } from '../policy.ts'
import { blend } from './blend.ts'
import { fixed } from './fixed.ts'
import { survival } from './survival.ts'

export const policies = { fixed, blend, survival } satisfies Record<string, Policy>
export type PolicyName = keyof typeof policies
