// An account of a pool of five fails in every way there is, while messages flow: nothing may be lost or doubled unmarked, and another one takes over in seconds.

import type { EventOf } from '../../../agent/events.ts'
import { openScene, type Scene } from '../../harness/scene.ts'
import type { OnProgress } from '../main.ts'
import type { ChaosOptions } from '../options.ts'
import type { Report } from '../report.ts'
import { compare, longestGap } from './books.ts'
import { type Cause, causes, downAfterMs } from './causes.ts'
import { Traffic } from './traffic.ts'

const PER_SECOND = 100
const BEFORE_MS = 2_000
const AFTER_MS = 3_000
const SETTLED_WITHIN_MS = 60_000

/** Asked for, in milliseconds. */
const limits = { detection: 5_000, transfer: 5_000, activation: 10_000, gap: 2_000 }

interface Run {
  detectionMs: number
  transferMs: number
  activationMs: number
  accepted: number
  flagged: number
  flaggedAndDouble: number
  refused: number
  perSecond: number
  /** Of a planned one: the longest time without an acknowledgement. */
  gapMs: number | null
  violations: string[]
  lost: number
  duplicatesWithinAccount: number
  unflaggedDuplicates: number
}

export async function runFailover({ name, runs, seed }: ChaosOptions, progress: OnProgress): Promise<Report> {
  const done: { cause: Cause; run: Run }[] = []
  const violations: string[] = []
  for (let i = 0; i < runs; i++) {
    const cause = causes[(i + seed) % causes.length] as Cause
    const victim = `p${1 + ((i * 7 + seed) % 5)}`
    try {
      const run = await once(cause, victim, seed * 10_000 + i)
      done.push({ cause, run })
      violations.push(...run.violations.map((what) => `run ${i + 1}, ${cause.name}: ${what}`))
    } catch (error) {
      violations.push(`run ${i + 1}, ${cause.name}: broken off: ${(error as Error).message}`)
    }
    progress(i + 1, `${cause.name}, ${violations.length} violations`)
  }
  const max = (of: (run: Run) => number): number => Math.max(0, ...done.map(({ run }) => Math.round(of(run))))
  const sum = (of: (run: Run) => number): number => done.reduce((total, { run }) => total + of(run), 0)
  const byCause = causes.flatMap((cause) => {
    const own = done.filter((each) => each.cause === cause).map(({ run }) => run)
    if (own.length === 0) return []
    const most = (of: (run: Run) => number): number => Math.max(...own.map((run) => Math.round(of(run))))
    const row = {
      runs: own.length,
      detection_ms: most((run) => run.detectionMs),
      transfer_ms: most((run) => run.transferMs),
      activation_ms: most((run) => run.activationMs),
      flagged: own.reduce((total, run) => total + run.flagged, 0),
    }
    return [[cause.name, row] as const]
  })
  return {
    name,
    runs,
    seed,
    violations,
    figures: {
      accepted: sum((run) => run.accepted),
      lost: sum((run) => run.lost),
      duplicates_within_account: sum((run) => run.duplicatesWithinAccount),
      unflagged_duplicates: sum((run) => run.unflaggedDuplicates),
      flagged: sum((run) => run.flagged),
      flagged_and_double: sum((run) => run.flaggedAndDouble),
      refused: sum((run) => run.refused),
      accepted_per_second_min:
        done.length === 0 ? 0 : Math.min(...done.map(({ run }) => Math.round(run.perSecond))),
      detection_ms_max: max((run) => run.detectionMs),
      transfer_ms_max: max((run) => run.transferMs),
      activation_ms_max: max((run) => run.activationMs),
      planned_gap_ms_max: max((run) => run.gapMs ?? 0),
    },
    tables: { by_cause: Object.fromEntries(byCause) },
  }
}

async function once(cause: Cause, victim: string, seed: number): Promise<Run> {
  const scene = await openScene({
    paired: 5,
    simulator: { seed },
    config: {
      outbox: { grace: '3s' },
      failover: { down_after: `${downAfterMs}ms`, failed_dials: 2 },
    },
  })
  try {
    await scene.allUp(30_000)
    return await strike(scene, cause, victim, `run ${seed}`)
  } finally {
    await scene.close()
  }
}

async function strike(scene: Scene, cause: Cause, victim: string, name: string): Promise<Run> {
  const traffic = new Traffic(scene, name, PER_SECOND)
  const startedAt = Date.now()
  traffic.start()
  await new Promise((resolve) => setTimeout(resolve, BEFORE_MS))
  const struckAt = Date.now()
  if (cause.planned)
    await scene.ask('/api/failovers', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from: victim }),
    })
  for (const fault of cause.faults)
    await scene.simulator.client.fault({ ...fault, account: scene.phones.get(victim) as string })
  const detected = await scene.events.first('failover.detected', { account: victim, withinMs: 30_000 })
  const ended = await scene.events.first('failover.ended', { account: victim, withinMs: 30_000 })
  await new Promise((resolve) => setTimeout(resolve, AFTER_MS))
  await traffic.stop()
  const seconds = (Date.now() - startedAt) / 1000
  const verdict = await compare(scene, traffic.accepted, SETTLED_WITHIN_MS)
  const faultAt = struckAt + cause.notBeforeMs
  const detectionMs = Math.max(0, detected.at - faultAt)
  const transferMs = ended.transferMs ?? Number.POSITIVE_INFINITY
  const activationMs = Math.max(0, ended.at - faultAt)
  const { lost, duplicatesWithinAccount, unflaggedDuplicates } = verdict
  const gapMs = cause.planned ? longestGap(verdict.views, victim, struckAt, ended.at) : null
  const others = scene.events.of('failover.detected').filter(({ account }) => account !== victim)
  return {
    detectionMs,
    transferMs,
    activationMs,
    accepted: verdict.accepted,
    flagged: verdict.flagged,
    flaggedAndDouble: verdict.flaggedAndDouble,
    gapMs,
    refused: [...traffic.refused.values()].reduce((total, n) => total + n, 0),
    perSecond: verdict.accepted / seconds,
    lost: lost.length,
    duplicatesWithinAccount: duplicatesWithinAccount.length,
    unflaggedDuplicates: unflaggedDuplicates.length,
    violations: [
      ...said('lost', lost),
      ...said('twice from one account', duplicatesWithinAccount),
      ...said('twice and not marked', unflaggedDuplicates),
      ...judge(ended, cause),
      ...others.map(({ account, trigger: why }) => `${account} was failed over too (${why})`),
      ...(gapMs !== null && gapMs > limits.gap ? [`a gap of ${gapMs} ms`] : []),
      ...(cause.planned && verdict.flagged > 0
        ? [`${verdict.flagged} perhaps doubled by a planned one`]
        : []),
      ...(detectionMs > limits.detection ? [`detected after ${detectionMs} ms`] : []),
      ...(transferMs > limits.transfer ? [`transferred after ${transferMs} ms`] : []),
      ...(activationMs > limits.activation ? [`active after ${activationMs} ms`] : []),
      ...[...traffic.refused].map(([why, n]) => `${n} messages were not accepted: ${why}`),
    ],
  }
}

function judge({ trigger: cause, outcome }: EventOf<'failover.ended'>, expected: Cause): string[] {
  if (outcome === 'active' && cause === expected.cause) return []
  return [`ended ${outcome} because of ${cause}`]
}

function said(what: string, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : [`${texts.length} ${what}, such as "${texts[0]}"`]
}
