// How long a routing decision takes, for pools of three sizes and every strategy, with what is counted and told of each decision.

import { table } from '../../agent/cli/table.ts'
import { Bus } from '../../agent/events.ts'
import type { Candidate, Request } from '../../agent/routing/candidate.ts'
import { Router } from '../../agent/routing/router.ts'
import { Instruments } from '../../agent/telemetry/instruments.ts'
import { createLogger, logEvents } from '../../agent/telemetry/logging.ts'
import { recordEvents } from '../../agent/telemetry/record.ts'
import { type StrategyName, strategyNames } from '../../agent/words.ts'

const SIZES = [10, 100, 1_000]
const DECISIONS = 100_000
const LOOKS = 2_000
const REGIONS = ['uae', 'ksa', 'eg', 'jo']

function pool(size: number): Candidate[] {
  return Array.from({ length: size }, (_, i) => ({
    account: `account-${i}`,
    role: i % 5 === 4 ? 'backup' : 'primary',
    priority: 1,
    weight: 1 + (i % 3),
    region: REGIONS[i % REGIONS.length] ?? 'uae',
    mode: 'up',
    // Enough are down for the backups to get a part.
    usable: i % 3 !== 0,
    unusableBecause: null,
    linked: true,
    healthStatus: 'healthy',
    active: i % 7,
    returnedAt: null,
    spentUntil: null,
    ejectedUntil: null,
  }))
}

interface Times {
  /** The decision itself, as it is told. */
  decided: Float64Array
  /** The whole call, with the event and its counters. */
  called: Float64Array
  lookMs: number
}

function decide(size: number, strategy: StrategyName): Times {
  const bus = new Bus('bench')
  recordEvents(bus, new Instruments('openmetrics'))
  logEvents(bus, createLogger('info', { write: () => {} }))
  const all = pool(size)
  const router = new Router({
    bus,
    pools: () => ['sales'],
    candidates: () => all,
    strategy: () => strategy,
    slowStartMs: 300_000,
    region: 'uae',
    random: Math.random,
  })
  const decided = new Float64Array(DECISIONS)
  const called = new Float64Array(DECISIONS)
  let n = -1
  bus.on('route.decided', ({ us }) => {
    if (n >= 0) decided[n] = us
  })
  const requests: Request[] = [
    { pinned: null, region: null, bound: null },
    { pinned: null, region: 'ksa', bound: null },
    { pinned: 'account-1', region: null, bound: null },
    { pinned: null, region: null, bound: null },
  ]
  const ask = (i: number) => router.choose('sales', requests[i % requests.length])
  for (let i = 0; i < DECISIONS / 10; i++) ask(i)
  for (n = 0; n < DECISIONS; n++) {
    const startedAt = performance.now()
    ask(n)
    called[n] = (performance.now() - startedAt) * 1_000
  }
  const startedAt = performance.now()
  for (let i = 0; i < LOOKS; i++) {
    router.stale()
    ask(i)
  }
  return { decided: decided.sort(), called: called.sort(), lookMs: (performance.now() - startedAt) / LOOKS }
}

const at = (sorted: Float64Array, q: number): string =>
  (sorted[Math.floor(q * sorted.length)] ?? 0).toFixed(1)

export async function benchRouting(): Promise<string> {
  const rows = strategyNames.flatMap((strategy) =>
    SIZES.map((size) => {
      const { decided, called, lookMs } = decide(size, strategy)
      return [
        strategy,
        String(size),
        at(decided, 0.5),
        at(decided, 0.99),
        at(called, 0.5),
        at(called, 0.99),
        (lookMs * 1_000).toFixed(0),
      ]
    }),
  )
  const head = [
    'strategy',
    'accounts',
    'p50 us',
    'p99 us',
    'told p50 us',
    'told p99 us',
    'with a new plan us',
  ]
  return table(head, rows, { right: head.slice(1) })
}
