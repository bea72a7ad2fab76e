// What several panels of this dashboard ask with.

import { thresholds } from '../../../../prometheus/src/thresholds.ts'
import { account } from '../../queries/selectors.ts'

export const { health, qr } = thresholds

export const evidenceAge = `min(time() - ${account('whatsapp_session_last_evidence_timestamp_seconds')})`
