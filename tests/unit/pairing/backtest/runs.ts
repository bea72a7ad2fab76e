// Every policy on every kind of trace, 20 seeds each, run once for all tests of a file that ask.

import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { pairing } from '../../../../agent/config/sections/pairing.ts'
import { contender } from '../../../../agent/pairing/backtest/contenders.ts'
import { type Outcome, replay } from '../../../../agent/pairing/backtest/replay.ts'
import type { Trace } from '../../../../agent/pairing/backtest/trace.ts'
import { whoIsJudged } from '../../../../agent/pairing/backtest/true-p95.ts'
import { kinds, makeTrace } from './traces.ts'

export const seeds = Array.from({ length: 20 }, (_, i) => i + 1)
/** Few, so that what has to be learned first weighs the most, and enough for 200 attempts whose p95 is judged. */
export const people = 500
export const names = ['fixed60', 'fixed120', 'fixed180', 'blend', 'survival'] as const
export type Name = (typeof names)[number]
export type Kind = keyof typeof kinds
export const kindNames = Object.keys(kinds) as Kind[]

export const settings = pairing.parse({})

/** @param each told of every person's regenerations, in order */
export function run(trace: Trace, name: string, each?: (regenerations: number) => void): Outcome {
  const one = contender(name, settings)
  if (!one) throw new Error(`no policy ${name}`)
  const { regenerations } = settings
  const judged = whoIsJudged(trace.people())
  return replay(trace.people(), one, { regenerations, judged, ...(each && { onPerson: each }) })
}

export interface Run extends Outcome {
  /** Each person's regenerations, in order. */
  each: readonly number[]
}

const done = new Map<string, Run>()
const keyOf = (kind: Kind, seed: number, name: Name): string => `${kind} ${seed} ${name}`

/** All runs of one kind, by their keys. */
export function runsOf(kind: Kind): [key: string, run: Run][] {
  return seeds.flatMap((seed) =>
    names.map((name): [string, Run] => {
      const each: number[] = []
      const trace = makeTrace(kinds[kind], seed, people)
      const outcome = run(trace, name, (regenerations) => each.push(regenerations))
      return [keyOf(kind, seed, name), { ...outcome, each }]
    }),
  )
}

/** Runs everything, in threads: the measuring of coverage, which sees the main thread only, makes it take three times as long. */
export async function runAll(): Promise<void> {
  const file = join(import.meta.dirname, 'run-kind.ts')
  const answers = kindNames.map((kind) => once(new Worker(file, { workerData: kind }), 'message'))
  for (const [runs] of (await Promise.all(answers)) as [ReturnType<typeof runsOf>][])
    for (const [key, run] of runs) done.set(key, run)
}

/** After `runAll`. */
export function outcome(kind: Kind, seed: number, name: Name): Run {
  const found = done.get(keyOf(kind, seed, name))
  if (!found) throw new Error(`there is no run of ${kind}, seed ${seed}, with ${name}`)
  return found
}

/** The mean over the seeds. */
export function meanOf(kind: Kind, name: Name, figure: (run: Run) => number | null): number {
  return seeds.reduce((sum, seed) => sum + (figure(outcome(kind, seed, name)) ?? 0), 0) / seeds.length
}
