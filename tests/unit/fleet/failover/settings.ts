// Settings of the failover for tests: the defaults of the configuration, with short times.

import type { FailoverConfig } from '../../../../agent/config/schema.ts'

export const failoverConfig: FailoverConfig = {
  automatic: 'on',
  policy: { downAfterMs: 60_000, failedDials: 3 },
  activationMs: 500,
  drainMs: 1_000,
  returns: 'auto',
  damping: { baseMs: 300_000, capMs: 3_600_000, forgetAfterMs: 86_400_000 },
  hooks: { before: null, after: null, secretFile: null, timeoutMs: 500 },
}
