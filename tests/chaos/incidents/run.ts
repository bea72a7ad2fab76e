// Labelled incidents happen to real sessions, and what the agent's diagnoses say of them is counted: right, wrong and missing.

import { contain } from '../../../agent/session/baileys/containment.ts'
import type { OnProgress } from '../main.ts'
import type { ChaosOptions } from '../options.ts'
import type { Report } from '../report.ts'
import { type Count, type Incident, type Judgement, judge, precision, recall } from './judge.ts'
import { kinds, labelOf, type StageName } from './labels.ts'
import { type Planned, play } from './stage.ts'

/** So many of a kind are played at once: more would be a test of the machine. */
const ABREAST = 3
const TELL_EVERY = 10
/** Diagnoses are to be right nine times in ten. */
const ENOUGH = 0.9

/** Stages in one list are played one after the other, the lists side by side. */
const lanes: readonly (readonly StageName[])[] = [
  ['usual'],
  ['seldom-probed'],
  ['short-windows', 'slow'],
  ['http', 'refused', 'canaries'],
]

export async function runIncidents(
  { name, runs, seed }: ChaosOptions,
  progress: OnProgress,
): Promise<Report> {
  const startedAt = performance.now()
  const incidents: Incident[] = []
  const all = runs * kinds.length
  const judged = (incident: Incident): void => {
    incidents.push(incident)
    if (incidents.length % TELL_EVERY === 0 || incidents.length === all)
      progress(Math.floor(incidents.length / kinds.length), `${incidents.length} of ${all} judged`)
  }
  const broken: string[] = []
  // Each agent takes its own containment away when it stops, and with it what another one has put on top.
  const uncontain = contain({
    printed: () => {},
    rejected: () => {},
    fatal: (error) => {
      throw error
    },
  })
  for (let first = 1; first <= runs; first += ABREAST) {
    const last = Math.min(runs, first + ABREAST - 1)
    await Promise.all(
      lanes.map(async (stages) => {
        for (const stage of stages)
          await play(stage, plan(stage, first, last), seed, judged).catch((error: Error) =>
            broken.push(`the stage "${stage}" could not be played: ${error.message}`),
          )
      }),
    )
  }
  uncontain()
  const whole = incidents.filter(({ spoiled }) => spoiled === null)
  const spoiled = incidents.filter(({ spoiled }) => spoiled !== null)
  const judgement = judge(whole)
  return {
    name,
    runs,
    seed,
    violations: [
      ...broken,
      ...spoiled.map(({ kind, number, spoiled }) => `${kind} ${number} did not happen as meant: ${spoiled}`),
      ...shortfalls(judgement),
    ],
    figures: {
      incidents: whole.length,
      kinds: new Set(whole.map(({ kind }) => kind)).size,
      precision: precision(judgement) ?? 'none',
      recall: recall(judgement) ?? 'none',
      true_positives: judgement.truePositives,
      false_positives: judgement.falsePositives,
      false_negatives: judgement.falseNegatives,
      true_negatives: judgement.trueNegatives,
      seconds: Math.round((performance.now() - startedAt) / 1_000),
    },
    tables: { by_issue: tableOf(judgement) },
    remarks: judgement.wrong,
  }
}

function plan(stage: StageName, first: number, last: number): Planned[] {
  const here = kinds.filter((kind) => labelOf(kind).stage === stage)
  const numbers = Array.from({ length: last - first + 1 }, (_, i) => first + i)
  return here.flatMap((kind) => numbers.map((number) => ({ kind, number })))
}

function shortfalls(judgement: Judgement): string[] {
  const wrong = judgement.wrong.join('; ')
  return Object.entries({ precision, recall }).flatMap(([what, of]) => {
    const value = of(judgement)
    return value !== null && value >= ENOUGH ? [] : [`${what} ${value} is below ${ENOUGH}: ${wrong}`]
  })
}

/** `n`: how many incidents have the issue. */
function tableOf({ byIssue }: Judgement): Record<string, Record<string, number | null>> {
  const row = (count: Count) => ({
    precision: precision(count),
    recall: recall(count),
    n: count.truePositives + count.falseNegatives,
    wrong: count.falsePositives,
    missing: count.falseNegatives,
  })
  return Object.fromEntries([...byIssue].map(([issue, count]) => [issue, row(count)]))
}
