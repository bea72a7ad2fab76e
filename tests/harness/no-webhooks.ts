// Nobody is told of anything: for what can be seen without webhooks.

import type { WebhookQueue } from '../../agent/webhooks/port.ts'

export const noWebhooks: WebhookQueue = { prepare: async () => [], insert: async () => {}, wake: () => {} }
