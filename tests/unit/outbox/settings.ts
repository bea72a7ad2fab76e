// Settings of the outbox for tests: the defaults of the configuration, with short delays.

import type { MessagePathParts } from '../../../agent/outbox/message-path.ts'

export const outboxSettings: MessagePathParts['settings'] = {
  retry: { baseMs: 10, capMs: 100, maxAttempts: 3 },
  inFlight: 16,
  limit: 1_000,
  graceMs: 50,
  unsure: 'resend',
  keepMs: 7 * 24 * 3_600_000,
  rates: { accountPerMinute: null, accountPerDay: null, poolPerMinute: null, warmUp: null },
}
