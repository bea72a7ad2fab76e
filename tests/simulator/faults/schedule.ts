// Raises faults at times and on accounts that follow from the seed: the same seed tells the same story.
import { pick, uniform } from '../random.ts'
import type { ScheduleEntry } from '../types.ts'
import type { World } from '../world.ts'
import { type Door, raise } from './actions.ts'

export type Strike = { name: string; occurrence: number; atMs: number; entry: ScheduleEntry }

/** The times of an entry, from the start: each drawn from (seed, name, occurrence) alone. */
export function* strikes(seed: number, entry: ScheduleEntry, name: string): Generator<Strike> {
  if ('atMs' in entry) {
    yield { name, occurrence: 1, atMs: entry.atMs, entry }
    return
  }
  for (let occurrence = 1; ; occurrence++) {
    const jitter = (uniform(seed, ['jitter', name, occurrence]) * 2 - 1) * (entry.jitterMs ?? 0)
    yield { name, occurrence, atMs: Math.max(0, Math.round(occurrence * entry.everyMs + jitter)), entry }
  }
}

export const nameOf = (entry: ScheduleEntry, index: number): string =>
  entry.name ?? `${entry.fault.kind}-${index + 1}`

export function runSchedule(world: World, door: Door, schedule: ScheduleEntry[]): () => void {
  const started = Date.now()
  const timers = new Set<NodeJS.Timeout>()
  const next = (times: Generator<Strike>) => {
    const { value: strike, done } = times.next()
    if (done) return
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        apply(world, door, strike)
        next(times)
      },
      Math.max(0, started + strike.atMs - Date.now()),
    )
    timers.add(timer)
  }
  for (const [index, entry] of schedule.entries()) next(strikes(world.seed, entry, nameOf(entry, index)))
  return () => {
    for (const timer of timers) clearTimeout(timer)
  }
}

function apply(world: World, door: Door, { name, occurrence, entry }: Strike): void {
  const { fault, account, stage, forMs, count } = entry
  const linked = world.accounts.all().filter((one) => one.linked)
  const phone =
    account === 'random' ? pick(world.seed, ['account', name, occurrence], linked)?.phone : account
  if (account === 'random' && phone === undefined) return
  raise(
    world,
    door,
    {
      fault,
      ...(phone === undefined ? {} : { account: phone }),
      ...(stage === undefined ? {} : { stage }),
      ...(forMs === undefined ? {} : { forMs }),
      ...(count === undefined ? {} : { count }),
    },
    name,
  )
}
