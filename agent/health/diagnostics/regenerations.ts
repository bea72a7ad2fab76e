// FREQUENT_QR_REGENERATIONS: more than five attempts in an hour had to be made again.

import { type Diagnostic, within } from '../diagnosis.ts'

const MOST = 5
const HOUR_MS = 3_600_000

export const frequentRegenerations: Diagnostic = ({ now, regenerations, windowMs }) => {
  const recent = within(regenerations, now, HOUR_MS)
  const first = recent[0]
  if (recent.length <= MOST || first === undefined) return null
  return {
    issue: 'FREQUENT_QR_REGENERATIONS',
    severity: 'HIGH',
    since: first,
    analysis: {
      pattern: `${recent.length} regenerations within an hour; more than ${MOST} is too many`,
      rootCause:
        'codes are shown, watched and not scanned: a page that is left open, or a phone that cannot scan',
      impact: 'each burned code costs the account some of its reputation with WhatsApp',
    },
    numbers: { regenerations: recent.length, window_ms: windowMs ?? 0 },
    recommendations: [
      {
        action: 'CLOSE_UNATTENDED_PAGES',
        value: null,
        expectedImprovement: 'attempts that nobody uses stop',
      },
      {
        action: 'USE_PAIRING_CODE',
        value: null,
        expectedImprovement: 'a phone whose camera cannot read the screen is linked by typing',
      },
    ],
  }
}
