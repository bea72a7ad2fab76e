// Who is told of a page now: a notice, and a delivery for each recipient and channel, in the transaction that changes the page.

import { randomInt } from 'node:crypto'
import type { Queryable } from '../../../agent/store/sql.ts'
import type { PagerConfig, Receiver } from '../config/schema.ts'
import { reaches } from '../config/schema.ts'
import { courseOf } from '../decide/course.ts'
import type { Group } from '../decide/group.ts'
import { kindOf } from '../decide/page.ts'
import { type Planned, planOf } from '../decide/plan.ts'
import type { Events } from '../events.ts'
import { cancelOf, insertDelivery, type Told, toldOf } from '../store/deliveries.ts'
import { insertNotice, lastContent } from '../store/notices.ts'
import { type NoticeKind, rankOf } from '../words.ts'

export interface TellParts {
  config: PagerConfig
  events: Events
}

/** A webhook that is being accepted. */
export interface Case {
  /** The receiver's. */
  name: string
  receiver: Receiver
  group: Group
  now: number
  /** Events of what is done; they are told after the commit. */
  said: (() => void)[]
  deliveries: number
}

const waits = ({ state }: Told): boolean => state === 'queued' || state === 'sending' || state === 'held'
/** Who may have been told hears of the end, too. */
const mayKnow = ({ state, doubtful }: Told): boolean => state === 'sent' || state === 'sending' || doubtful

/** @param fresh nothing of the group was known before */
export async function tell(
  tx: Queryable,
  parts: TellParts,
  one: Case,
  page: string,
  why: 'open' | 'worse' | 'tell',
  fresh: boolean,
): Promise<void> {
  const { receiver, now } = one
  const told = await toldOf(tx, page)
  const toldTo = ({ recipient, channel }: Planned) =>
    told.filter((each) => each.recipient === recipient && each.channels.includes(channel))
  // By a clock that was set back nobody was told in the time to come.
  const isRecent = ({ state, at }: Told): boolean =>
    state === 'sent' && at <= now && now - at < receiver.cooldownMs
  const wanted: Planned[] = []
  for (const planned of planOf(receiver, parts.config, now)) {
    // What waits will be told; what was told is, for as long as the cooldown.
    if (why !== 'worse' && toldTo(planned).some((each) => waits(each) || isRecent(each))) {
      const { recipient, channel } = planned
      one.said.push(() => parts.events.tell('delivery.spared', { page, recipient, channel }))
    } else wanted.push(planned)
  }
  if (why === 'worse') {
    // What they were not sent yet would say less than what they are sent now.
    const reached = wanted.filter(({ course }) => course !== null).map(({ recipient }) => recipient)
    await cancel(tx, parts.events, one, page, reached)
  }
  const before = wanted.some((planned) => toldTo(planned).some(({ state }) => state === 'sent'))
  await write(tx, parts, one, page, kindOf(why, before), wanted, fresh && !before)
}

/** Those who were told hear that it is over, by the channels that the receivers have for that which told them. */
export async function tellOver(tx: Queryable, parts: TellParts, one: Case, page: string): Promise<void> {
  const { config } = parts
  const told = Map.groupBy((await toldOf(tx, page)).filter(mayKnow), ({ recipient }) => recipient)
  const wanted = [...told].flatMap(([recipient, all]) => {
    const to = config.recipients[recipient]
    if (!to) return []
    const channels = all.flatMap(({ receiver }) => (config.receivers[receiver] ?? one.receiver).resolved)
    return [...new Set(channels)].flatMap((channel) => {
      const course = courseOf(channel, [], (each) => reaches(config, to, each))
      return course ? [{ recipient, channel, course }] : []
    })
  })
  await write(tx, parts, one, page, 'resolved', wanted, false)
}

/** What has not begun is not sent any more. @param recipients of theirs only; null for everybody */
export async function cancel(
  tx: Queryable,
  events: Events,
  one: Case,
  page: string,
  recipients: readonly string[] | null,
): Promise<void> {
  for (const { id: delivery, recipient, channel } of await cancelOf(tx, page, recipients, one.now))
    one.said.push(() =>
      events.tell('delivery.ended', {
        page,
        delivery,
        recipient,
        channel,
        outcome: 'cancelled',
        delayMs: null,
      }),
    )
}

async function write(
  tx: Queryable,
  parts: TellParts,
  one: Case,
  page: string,
  kind: NoticeKind,
  wanted: readonly Planned[],
  measured: boolean,
): Promise<void> {
  if (wanted.length === 0) return
  const { group, receiver, now } = one
  const { severity, startedAt } = group
  // What resolves says less about itself than what fired.
  const content = (kind === 'resolved' && (await lastContent(tx, page))) || group.content
  const nextUpdateMs = receiver.nextUpdateMs
  const notice = await insertNotice(tx, {
    page,
    kind,
    severity,
    receiver: one.name,
    content,
    nextUpdateMs,
    startedAt,
    measured,
    now,
  })
  for (const { recipient, channel, course } of wanted) {
    const twoWay = parts.config.recipients[recipient]?.twoWay === true && kind !== 'resolved'
    const reply = twoWay ? String(randomInt(1_000, 10_000)) : null
    const rank = rankOf(severity)
    const row = { notice, page, recipient, channel, course, rank, reply, now }
    const delivery = await insertDelivery(tx, row)
    if (course === null)
      one.said.push(() =>
        parts.events.tell('delivery.ended', {
          page,
          delivery,
          recipient,
          channel,
          outcome: 'failed',
          delayMs: null,
        }),
      )
  }
  one.deliveries += wanted.length
  one.said.push(() => parts.events.tell('page.told', { page, kind, severity, deliveries: wanted.length }))
}
