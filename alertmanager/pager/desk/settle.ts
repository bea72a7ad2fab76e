// What became of an attempt, in one transaction: the attempt ends and the delivery goes where its course leads.

import type { Queryable, Sql } from '../../../agent/store/sql.ts'
import type { PagerConfig } from '../config/schema.ts'
import { type Ended, leave, type Step, stepAfter } from '../decide/course.ts'
import type { Events } from '../events.ts'
import { endAttempt } from '../store/attempts.ts'
import { type Delivery, setEnded, setWaiting } from '../store/deliveries.ts'
import { noteSent } from '../store/notices.ts'
import { standingOf } from '../store/pages.ts'
import type { ChannelName, DeliveryOutcome, DeliveryState } from '../words.ts'

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

/** The provider took it and says now that it came to nothing: another way is tried, as long as somebody has to be told. */
export async function undelivered(
  parts: SettleParts,
  delivery: Delivery,
  code: string,
  now: number,
): Promise<boolean> {
  const step = leave(delivery.course, true, parts.config.retries, now)
  const said = await parts.sql.transaction((tx) =>
    apply(tx, delivery, step, { outcome: 'unavailable', code, providerId: null }, now, ['sent']),
  )
  report(parts, delivery, said, now)
  return said.length > 0
}

/** A channel is passed over, without an attempt. @param why there is no budget now, or the channel is no longer configured */
export async function passOver(
  parts: SettleParts,
  delivery: Delivery,
  why: 'budget' | 'no-channel',
  now: number,
): Promise<void> {
  const step = leave(delivery.course, why === 'budget', parts.config.retries, now)
  const ended = { outcome: 'unavailable', code: why, providerId: null } as const
  const said = await parts.sql.transaction((tx) => apply(tx, delivery, step, ended, now, ['queued', 'held']))
  report(parts, delivery, said, now)
}

type Said = { outcome: DeliveryOutcome | 'again' | 'held'; channel: ChannelName; until?: number }

async function apply(
  tx: Queryable,
  delivery: Delivery,
  step: Step,
  { code, providerId }: Settled,
  now: number,
  from: readonly DeliveryState[] = ['sending'],
): Promise<Said[]> {
  const { id, page, notice, course, kind } = delivery
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
  const { open, acknowledged } = await standingOf(tx, page)
  // A round that is over was the last one, unless the page stands.
  if (from.includes('sent') && (acknowledged || !open)) return []
  if (acknowledged || (!open && step.do === 'rest' && kind !== 'resolved')) return finish('cancelled')
  if (kind === 'resolved' && step.do === 'rest') return finish('failed')
  const at = step.do === 'fall-back' ? now : step.at
  const why = step.do === 'rest' ? 'out' : null
  if (!(await setWaiting(tx, id, from, { course: step.course, at, why, error: code }))) return []
  if (step.do === 'fall-back')
    return [
      { outcome: 'fell-back', channel },
      { outcome: 'again', channel },
    ]
  // Everybody who looks is told once that nobody could be reached, however many rounds follow.
  const failed: Said[] = step.do === 'rest' && course.round === 0 ? [{ outcome: 'failed', channel }] : []
  const held: Said[] = step.do === 'rest' ? [{ outcome: 'held', channel, until: at }] : []
  return [...failed, ...held, { outcome: 'again', channel }]
}

function report({ events }: SettleParts, delivery: Delivery, said: readonly Said[], now: number): void {
  for (const { outcome, channel, until = 0 } of said) {
    if (outcome === 'again') continue
    if (outcome === 'held') events.tell('delivery.held', { ...about(delivery, channel), why: 'out', until })
    else {
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
