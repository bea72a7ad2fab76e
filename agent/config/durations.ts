// A duration is a whole number and a unit, so that nobody has to guess whether 30 meant seconds; inside the agent it is milliseconds.

import { z } from 'zod'
import { leaf, type Told } from './leaf.ts'

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const form = /^(\d{1,15})(ms|s|m|h|d)$/

/** Milliseconds of `90s`, `5m`, `30d` or `1500ms`; null for anything else, also for what exceeds exact integers. */
export function parseDuration(text: string): number | null {
  const [, count, unit] = form.exec(text) ?? []
  if (count === undefined || unit === undefined) return null
  const ms = Number(count) * units[unit as keyof typeof units]
  return Number.isSafeInteger(ms) ? ms : null
}

/** The shortest exact spelling of a whole number of milliseconds, the inverse of parseDuration. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const)
    if (ms !== 0 && ms % units[unit] === 0) return `${ms / units[unit]}${unit}`
  return `${ms}ms`
}

/** A key that takes a duration between two others, both included. */
export function duration(told: Told & { min: string; max: string }) {
  const { min, max, ...rest } = told
  const least = parseDuration(min) ?? 0
  const most = parseDuration(max) ?? 0
  const schema = z.string().transform((text, context) => {
    const ms = parseDuration(text)
    if (ms !== null && ms >= least && ms <= most) return ms
    context.addIssue({ code: 'custom', message: 'duration' })
    return z.NEVER
  })
  const allowed = `a duration from ${min} to ${max}, written as a whole number and ms, s, m, h or d`
  return leaf(schema, { type: 'duration', allowed, ...rest })
}
