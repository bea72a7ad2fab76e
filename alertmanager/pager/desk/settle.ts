// What became of an attempt, in one transaction: the attempt ends and the delivery goes where its course leads.

import type { Queryable, Sql } from '../../../agent/store/sql.ts'
import type { PagerConfig } from '../config/schema.ts'
import { isGrave } from '../decide/budget.ts'
import { type Ended, leave, type Step, stepAfter } from '../decide/course.ts'
import type { Events } from '../events.ts'
import { endAttempt } from '../store/attempts.ts'
import { type Delivery, isTakenAs, setEnded, setWaiting } from '../store/deliveries.ts'
import { noteSent } from '../store/notices.ts'
import { isWanted } from '../store/pages.ts'
import type { ChannelName, DeliveryOutcome, DeliveryState, HoldReason } from '../words.ts'
import { withoutBudgetUntil } from './gate.ts'

export interface SettleParts {
  sql: Sql
  config: PagerConfig
  events: Events
}

export interface Settled extends Ended {
  code: string
  providerId: string | null
}

/** Rejects with StoreError, and then nothing is settled. @param killed the pager died during the attempt */
export async function settle(
  parts: SettleParts,
  delivery: Delivery,
  ended: Settled,
  now: number,
  killed = false,
): Promise<void> {
  const { config, events } = parts
  const { id, course } = delivery
  const step = stepAfter(ended, course, config.retries, now)
  const said = await parts.sql.transaction(async (tx) => {
    await endAttempt(tx, id, { outcome: ended.outcome, code: ended.code, now })
    return apply(tx, delivery, killed ? soon(step, now) : step, ended, now)
  })
  const goesOn = said.some(({ outcome }) => outcome === 'again')
  if (ended.outcome === 'unknown' && goesOn)
    events.tell('delivery.doubtful', {
      ...about(delivery, course.channel),
      why: killed ? 'killed' : 'unanswered',
    })
  if (step.do === 'retry' && goesOn)
    events.tell('delivery.retried', { ...about(delivery, course.channel), inMs: step.at - now })
  report(parts, delivery, said, now)
}

/**
 * The provider took it and says now that it came to nothing: another way is tried, as long as somebody has to be told.
 * @param providerId what the report is about; one about an earlier attempt says nothing of the one that was taken since
 */
export async function undelivered(
  parts: SettleParts,
  delivery: Delivery,
  { code, providerId }: { code: string; providerId: string },
  now: number,
): Promise<boolean> {
  const step = leave(delivery.course, true, parts.config.retries, now)
  const said = await parts.sql.transaction(async (tx) =>
    (await isTakenAs(tx, delivery.id, providerId))
      ? apply(tx, delivery, step, { outcome: 'unavailable', code, providerId: null }, now, ['sent'])
      : [],
  )
  report(parts, delivery, said, now)
  return said.length > 0
}

/**
 * A channel is passed over, without an attempt. Where no other is left the delivery waits for the first that comes back.
 * @param why there is no budget now, or the channel is no longer configured
 */
export async function passOver(
  parts: SettleParts,
  delivery: Delivery,
  why: 'budget' | 'no-channel',
  now: number,
): Promise<void> {
  const step = leave(delivery.course, why === 'budget', parts.config.retries, now)
  const ended = { outcome: 'unavailable', code: why, providerId: null } as const
  const said = await parts.sql.transaction(async (tx) =>
    apply(tx, delivery, await restOf(tx, parts.config, delivery, step, now), ended, now, ['queued', 'held']),
  )
  report(parts, delivery, said, now)
}

/** A rest ends when the first of the channels has budget; one that is out for another reason is asked again after the usual pause. */
async function restOf(
  tx: Queryable,
  config: PagerConfig,
  delivery: Delivery,
  step: Step,
  now: number,
): Promise<Step> {
  if (step.do !== 'rest') return step
  const ends: number[] = []
  let why: 'out' | 'budget' = 'budget'
  for (const channel of [step.course.channel, ...step.course.next]) {
    const until = await withoutBudgetUntil(tx, config, delivery, channel, now)
    if (until === null) why = 'out'
    ends.push(until ?? step.at)
  }
  // A warning that waits for its budget has failed nobody: that is what budgets are for.
  const { round } = why === 'out' || isGrave(delivery) ? step.course : delivery.course
  return { ...step, why, at: Math.min(...ends), course: { ...step.course, round } }
}

type Said =
  | { outcome: DeliveryOutcome | 'again'; channel: ChannelName }
  | { outcome: 'held'; channel: ChannelName; why: HoldReason; until: number }

async function apply(
  tx: Queryable,
  delivery: Delivery,
  step: Step,
  { code, providerId }: Settled,
  now: number,
  from: readonly DeliveryState[] = ['sending'],
): Promise<Said[]> {
  const { id, notice, course, kind } = delivery
  const { channel } = course
  const finish = async (state: 'sent' | 'failed' | 'cancelled'): Promise<Said[]> => {
    const error = state === 'sent' ? null : code
    return (await setEnded(tx, id, from, { state, now, providerId, error }))
      ? [{ outcome: state, channel }]
      : []
  }
  if (step.do === 'done') {
    await noteSent(tx, notice, now)
    return finish('sent')
  }
  if (step.do === 'give-up') return finish('failed')
  const wanted = await isWanted(tx, delivery)
  // What a provider had taken and takes back says nothing of what is over by now.
  if (from.includes('sent') && (!wanted || kind === 'resolved')) return []
  if (!wanted) return finish('cancelled')
  const at = step.do === 'fall-back' ? now : step.at
  const why = step.do === 'rest' ? step.why : null
  if (kind === 'resolved' && why === 'out') return finish('failed')
  if (!(await setWaiting(tx, id, from, { course: step.course, at, why, error: code }))) return []
  if (step.do === 'fall-back')
    return [
      { outcome: 'fell-back', channel },
      { outcome: 'again', channel },
    ]
  // Everybody who looks is told once that nobody could be reached, however many rounds follow.
  const failed = why === 'out' || (why === 'budget' && isGrave(delivery))
  return [
    ...(failed && course.round === 0 ? [{ outcome: 'failed', channel } as const] : []),
    ...(why ? [{ outcome: 'held', channel, why, until: at } as const] : []),
    { outcome: 'again', channel },
  ]
}

function report({ events }: SettleParts, delivery: Delivery, said: readonly Said[], now: number): void {
  for (const each of said) {
    const { outcome, channel } = each
    if (outcome === 'again') continue
    if (outcome === 'held') {
      const { why, until } = each
      events.tell('delivery.held', { ...about(delivery, channel), why, until })
    } else {
      const counts = outcome === 'sent' && delivery.measured && !delivery.waited
      const delayMs = counts ? Math.max(0, now - delivery.startedAt) : null
      events.tell('delivery.ended', { ...about(delivery, channel), outcome, delayMs })
    }
  }
}

/** After a death nothing is waited for once more. */
function soon(step: Step, now: number): Step {
  return step.do === 'retry' ? { ...step, at: now } : step
}

export function about(
  { id, page, recipient }: Pick<Delivery, 'id' | 'page' | 'recipient'>,
  channel: ChannelName,
): { page: string; delivery: string; recipient: string; channel: ChannelName } {
  return { page, delivery: id, recipient, channel }
}
