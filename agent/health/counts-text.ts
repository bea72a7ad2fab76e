// The sums of a half hour as text for the store, and back: text that holds anything else is no sums at all.

import { type Counts, fields, isAmount } from './counts.ts'

/** JSON with the fields that are not 0. */
export function textOf(counts: Partial<Counts>): string {
  return JSON.stringify(counts)
}

/** Null where it is no JSON object, or a field of it is not a number from 0 on. Fields that are not known are left out. */
export function countsIn(text: string): Partial<Counts> | null {
  const parsed = parse(text)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null
  const counts: Partial<Counts> = {}
  for (const field of fields) {
    const amount = (parsed as Record<string, unknown>)[field]
    if (amount === undefined) continue
    if (!isAmount(amount)) return null
    counts[field] = amount
  }
  return counts
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
