// What was found is compared with the label: every issue of every incident is one pair, right or wrong. No clock, no I/O.

import { type Issue, issues } from '../../../agent/health/diagnosis.ts'
import { type Kind, labelOf } from './labels.ts'

/** One incident after its judgement. */
export interface Incident {
  kind: Kind
  /** From 1, among those of its kind. */
  number: number
  account: string
  /** What the diagnoses said, by issue; absent where nothing was found. */
  found: ReadonlyMap<Issue, string>
  /** Why it did not happen as it was meant to; null when it did. */
  spoiled: string | null
}

export interface Count {
  truePositives: number
  falsePositives: number
  falseNegatives: number
  trueNegatives: number
}

export interface Judgement extends Count {
  byIssue: Map<Issue, Count>
  /** Each wrong pair, in words. */
  wrong: string[]
}

export function judge(incidents: readonly Incident[]): Judgement {
  const byIssue = new Map(issues.map((issue) => [issue, none()]))
  const wrong: string[] = []
  for (const incident of incidents) {
    const { right, may = [] } = labelOf(incident.kind)
    const name = `${incident.kind} ${incident.number} (${incident.account})`
    for (const [issue, count] of byIssue) {
      const said = incident.found.get(issue)
      if (right.includes(issue)) {
        count[said === undefined ? 'falseNegatives' : 'truePositives'] += 1
        if (said === undefined) wrong.push(`${name}: ${issue} is missing; found ${foundIn(incident)}`)
      } else if (!may.includes(issue)) {
        count[said === undefined ? 'trueNegatives' : 'falsePositives'] += 1
        if (said !== undefined) wrong.push(`${name}: ${issue} is wrong: ${said}`)
      }
    }
  }
  const sum = none()
  for (const count of byIssue.values())
    for (const key of Object.keys(sum) as (keyof Count)[]) sum[key] += count[key]
  return { ...sum, byIssue, wrong }
}

/** Of what was found, so much was right; null when nothing was found. */
export function precision({ truePositives, falsePositives }: Count): number | null {
  return share(truePositives, truePositives + falsePositives)
}

/** Of what should have been found, so much was; null when nothing should. */
export function recall({ truePositives, falseNegatives }: Count): number | null {
  return share(truePositives, truePositives + falseNegatives)
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((1_000 * part) / whole) / 1_000
}

function none(): Count {
  return { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 }
}

function foundIn({ found }: Incident): string {
  return found.size === 0 ? 'nothing' : [...found.keys()].join(', ')
}
