// Every policy on every kind of trace, 20 seeds each, run once for all tests of this folder that ask.

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

export function outcome(kind: Kind, seed: number, name: Name): Run {
  const key = `${kind} ${seed} ${name}`
  let found = done.get(key)
  if (!found) {
    const each: number[] = []
    const trace = makeTrace(kinds[kind], seed, people)
    found = { ...run(trace, name, (regenerations) => each.push(regenerations)), each }
    done.set(key, found)
  }
  return found
}

/** The mean over the seeds. */
export function meanOf(kind: Kind, name: Name, figure: (run: Run) => number | null): number {
  return seeds.reduce((sum, seed) => sum + (figure(outcome(kind, seed, name)) ?? 0), 0) / seeds.length
}
