// FALLING_DELIVERY: fewer messages are acknowledged than before.

import { type Diagnostic, type Facts, within } from '../diagnosis.ts'

const NOW_MS = 15 * 60_000
const FEWEST = 10
/** Acknowledged, in percent: below this there is something to say. */
const ENOUGH = 90
/** How far below the time before, in points. */
const FALL = 5

export const fallingDelivery: Diagnostic = ({ now, sends }) => {
  const recent = within(sends, now, NOW_MS)
  const failed = recent.filter(({ failure }) => failure !== null)
  const first = failed[0]
  if (recent.length < FEWEST || !first) return null
  const rate = percent(recent)
  const before = sends.filter((send) => !recent.includes(send))
  const rateBefore = before.length >= FEWEST ? percent(before) : 100
  if (rate >= ENOUGH || rateBefore - rate < FALL) return null
  const [code, times] = mostCommon(failed.map(({ failure }) => failure ?? ''))
  return {
    issue: 'FALLING_DELIVERY',
    severity: rate < ENOUGH / 2 ? 'CRITICAL' : 'HIGH',
    since: first.at,
    analysis: {
      pattern: `${Math.round(rate)}% of ${recent.length} messages were acknowledged in the last quarter of an hour, ${Math.round(rateBefore)}% before`,
      rootCause: `most failures (${times}) are ${code}`,
      impact: 'messages are lost to their senders until they are sent again',
    },
    numbers: {
      acknowledged_percent: Math.round(rate),
      before_percent: Math.round(rateBefore),
      messages: recent.length,
    },
    recommendations: [
      {
        action: 'MOVE_TRAFFIC',
        value: 'to another account of the pool',
        expectedImprovement: 'messages go out while the cause is looked for',
      },
    ],
  }
}

function percent(sends: Facts['sends']): number {
  return (100 * sends.filter(({ failure }) => failure === null).length) / sends.length
}

function mostCommon(words: readonly string[]): [string, number] {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0] ?? ['', 0]
}
