// The report of one account over a range, from its events, oldest first, and from what this process knows of it now.

import { mean } from 'simple-statistics'
import type { KeptEvent } from '../../history/port.ts'
import { type SessionState, takenBack } from '../../words.ts'
import { type Outage, outagesOf, type Range, type StateChange } from '../outages.ts'
import { meanTimeToRecovery } from '../recovery.ts'
import { type Sample, trendOf } from '../trend.ts'
import type { AccountReport, Messages, QrFigures } from './data.ts'
import { issuesOf } from './issues.ts'
import { samplesOf } from './scores.ts'
import { serviceOf } from './service.ts'

/** What the store says of an account. */
export interface Listed {
  account: string
  phone: string
  pool: string
  role: string
  region: string
}

/** What this process knows of an account of its own, at the end of the range. */
export interface Live {
  state: SessionState
  /** Milliseconds since the epoch. */
  since: number
  score: number | null
  /** Of the last 24 hours. */
  acks: number
  ackMsSum: number
}

export interface AccountFacts {
  listed: Listed
  /** Oldest first; those before the range say how it began, those after it how it ended. */
  events: readonly KeptEvent[]
  /** Null for an account of another process, and where the range does not end now. */
  live: Live | null
  /** Whether the 24 hours that are counted in memory are this very range. */
  counted: boolean
  now: number
  /** How long a running agent may say nothing of the account. */
  silentMs: number
}

export interface AccountPart {
  report: AccountReport
  samples: Sample[]
  outages: Outage[]
  servedMs: number
  wantedMs: number
}

export function accountPart(
  { listed, events, live, counted, now, silentMs }: AccountFacts,
  range: Range,
): AccountPart {
  const inside = events.filter(({ at }) => at >= range.from && at < range.until)
  const changes = events.filter(({ type }) => type === 'session.state-changed') as unknown as StateChange[]
  const outages = outagesOf(changes, range)
  const samples = samplesOf(inside, range)
  const { mean: middle, lowest, slopePerDay, direction } = trendOf(samples)
  const heard = inside.map(({ at }) => at)
  const service = serviceOf({ changes, heard, live, now, silentMs }, range)
  const report: AccountReport = {
    ...listed,
    known: inside.length > 0,
    health: {
      now: live?.score ?? samples.at(-1)?.score ?? null,
      mean: middle,
      lowest,
      slopePerDay,
      direction,
      samples: samples.length,
    },
    recovery: {
      reliability: service.share,
      uptime: share(factor(inside, 'uptime')),
      outages: outages.length,
      recoveries: outages.filter(({ to }) => to !== null).length,
      meanTimeToRecovery: meanTimeToRecovery(outages),
    },
    qr: qrOf(inside),
    messages: messagesOf(inside, counted ? live : null),
    failovers: countBy(
      inside.filter(({ type }) => type === 'failover.ended').map(({ outcome }) => `${outcome}`),
    ),
    issues: issuesOf(events, range),
  }
  return { report, samples, outages, servedMs: service.servedMs, wantedMs: service.wantedMs }
}

function qrOf(events: readonly KeptEvent[]): QrFigures {
  const count = (wanted: string): number => events.filter(({ type }) => type === wanted).length
  const times = events.flatMap(({ type, scanMs }) =>
    type === 'pairing.scanned' && typeof scanMs === 'number' ? [scanMs] : [],
  )
  return {
    generated: count('pairing.code-issued'),
    regenerations: count('pairing.regenerated'),
    scans: count('pairing.scanned'),
    averageTimeToConnect: times.length === 0 ? null : mean(times),
  }
}

function messagesOf(events: readonly KeptEvent[], counts: Live | null): Messages {
  return {
    acknowledged: counts ? counts.acks : null,
    failed: events.filter(({ type, code }) => type === 'message.ended' && code !== takenBack).length,
    failedAttempts: events.filter(({ type }) => type === 'message.failed').length,
    processed: share(factor(events, 'messageProcessing')),
    meanTimeToAck: counts && counts.acks > 0 ? counts.ackMsSum / counts.acks : factor(events, 'responseTime'),
  }
}

/** The mean of a factor over the scores, in its own unit. */
function factor(events: readonly KeptEvent[], name: string): number | null {
  const values = events.flatMap(({ type, factors }) => {
    const value = type === 'health.scored' && (factors as Record<string, unknown> | undefined)?.[name]
    return typeof value === 'number' ? [value] : []
  })
  return values.length === 0 ? null : mean(values)
}

function share(percent: number | null): number | null {
  return percent === null ? null : percent / 100
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
