// What the policies did with a trace, for people as a table and for programs as one JSON object.

import type { Outcome } from '../../pairing/backtest/replay.ts'
import { table } from '../table.ts'

/** One line with one object; times in whole ms, null where there is nothing to divide by. */
export function asJson(outcomes: readonly Outcome[], defaultPolicy: string): string {
  const policies = outcomes.map((o) => ({
    policy: o.policy,
    attempts: o.attempts,
    connections: o.connections,
    regenerations: o.regenerations,
    per100: rounded(o.per100, 3),
    mean_window_ms: rounded(o.meanWindowMs, 0),
    wasted_ms: o.wastedMs,
    p95_error: rounded(o.p95Error, 4),
  }))
  return `${JSON.stringify({ default: defaultPolicy, policies })}\n`
}

const figures = ['ATTEMPTS', 'CONNECTIONS', 'REGENERATIONS', 'PER 100', 'MEAN WINDOW', 'WASTED', 'P95 ERROR']

export function asTable(outcomes: readonly Outcome[], defaultPolicy: string): string {
  const rows = outcomes.map((o) => [
    o.policy,
    String(o.attempts),
    String(o.connections),
    String(o.regenerations),
    o.per100 === null ? '-' : o.per100.toFixed(1),
    o.meanWindowMs === null ? '-' : `${(o.meanWindowMs / 1000).toFixed(1)}s`,
    hours(o.wastedMs),
    o.p95Error === null ? '-' : `${(100 * o.p95Error).toFixed(1)}%`,
  ])
  return `${table(['POLICY', ...figures], rows, { right: figures })}
Attempts are people: one line of the trace each, with the regenerations that follow. PER 100 is regenerations per 100 connections.
WASTED is the time that codes were shown to people who never scan. P95 ERROR is the median from the 300th attempt on.
The default policy is ${defaultPolicy}.
`
}

function hours(ms: number): string {
  return ms < 3_600_000 ? `${(ms / 60_000).toFixed(1)}m` : `${(ms / 3_600_000).toFixed(1)}h`
}

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits))
}
