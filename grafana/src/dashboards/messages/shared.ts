// What several panels of this dashboard ask with.

import { thresholds } from '../../../../prometheus/src/thresholds.ts'

export const { outbox, webhookLate } = thresholds

export const webhooks = { mayBeEmpty: 'Nothing is shown where no webhook is configured.' }
