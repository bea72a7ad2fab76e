// NETWORK_ISSUES: connections time out, are refused or are reset, again and again.

import type { Reason } from '../../words.ts'
import { type Closed, type Diagnostic, minutes, within } from '../diagnosis.ts'

const SPAN_MS = 10 * 60_000
/** One drop is weather. */
const FEWEST = 3

const kinds: Partial<Record<Reason, 'timeouts' | 'refusals' | 'resets'>> = {
  'connect-timeout': 'timeouts',
  'connection-lost': 'timeouts',
  stalled: 'timeouts',
  refused: 'refusals',
  'http-error': 'refusals',
  'not-whatsapp': 'refusals',
  unavailable: 'refusals',
  'connection-closed': 'resets',
  'bad-frame': 'resets',
}

const causes = {
  timeouts: 'packets are lost on the way: a firewall, a proxy or an overloaded line',
  refusals: 'the server, or something in front of it, does not take the connection',
  resets: 'connections are cut: a proxy with a short idle time, or an unstable line',
} as const

export const networkIssues: Diagnostic = ({ now, closes }) => {
  const recent = within(closes, now, SPAN_MS).filter(({ reason }) => kinds[reason])
  const first = recent[0]
  if (recent.length < FEWEST || !first) return null
  const counts = countKinds(recent)
  const [worst] = Object.entries(counts).sort(([, a], [, b]) => b - a)[0] as [keyof typeof causes, number]
  return {
    issue: 'NETWORK_ISSUES',
    severity: recent.length >= 3 * FEWEST ? 'HIGH' : 'MEDIUM',
    since: first.at,
    analysis: {
      pattern: `${recent.length} connections were lost within ${minutes(now - first.at)}: ${counts.timeouts} timeouts, ${counts.refusals} refusals, ${counts.resets} resets`,
      rootCause: causes[worst],
      impact: 'messages wait, and each new connection adds seconds',
    },
    numbers: { ...counts, within_ms: now - first.at },
    recommendations: [
      {
        action: 'CHECK_NETWORK_PATH',
        value: 'from this machine to the address of whatsapp.url',
        expectedImprovement: 'connections last; compare with other accounts of this node first',
      },
    ],
  }
}

function countKinds(closes: readonly Closed[]): Record<keyof typeof causes, number> {
  const counts = { timeouts: 0, refusals: 0, resets: 0 }
  for (const { reason } of closes) {
    const kind = kinds[reason]
    if (kind) counts[kind] += 1
  }
  return counts
}
