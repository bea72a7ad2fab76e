// A webhook becomes rows in one transaction, or nothing; whoever is answered 200 can be sure of that.

import { randomInt } from 'node:crypto'
import type { Queryable, Sql } from '../../../agent/store/sql.ts'
import { defaultReceiver } from '../config/rules.ts'
import type { PagerConfig, Receiver } from '../config/schema.ts'
import { reaches } from '../config/schema.ts'
import { courseOf } from '../decide/course.ts'
import type { Group } from '../decide/group.ts'
import { judge, kindOf, type Verdict } from '../decide/page.ts'
import { type Planned, planOf } from '../decide/plan.ts'
import type { Events } from '../events.ts'
import { cancelOf, insertDelivery, toldOf } from '../store/deliveries.ts'
import { insertNotice, lastContent } from '../store/notices.ts'
import { endPage, insertPage, noteGroup, type OpenPage, openPageOf, unacknowledge } from '../store/pages.ts'
import { type NoticeKind, rankOf, type Severity } from '../words.ts'

export interface AcceptParts {
  sql: Sql
  config: PagerConfig
  events: Events
  /** There may be something to send. */
  wake(): void
}

interface Case {
  name: string
  receiver: Receiver
  group: Group
  now: number
  /** Events of what is done; they are told after the commit. */
  said: (() => void)[]
  deliveries: number
}

/**
 * @param name the receiver; the default one stands in for one that does not exist
 * @returns what it meant. Rejects with StoreError, and then nothing has happened
 */
export async function accept(parts: AcceptParts, name: string, group: Group, now: number): Promise<string> {
  const { sql, config, events } = parts
  const known = Object.hasOwn(config.receivers, name) ? name : defaultReceiver
  const receiver = config.receivers[known] as Receiver
  if (known !== name)
    events.tell('webhook.mistaken', { what: 'unknown-receiver', receiver: name.slice(0, 64) })
  if (group.oddSeverity) events.tell('webhook.mistaken', { what: 'odd-severity', receiver: known })
  const one: Case = { name: known, receiver, group, now, said: [], deliveries: 0 }
  const { verdict, page } = await sql.transaction(async (tx) => {
    one.said.length = 0
    one.deliveries = 0
    const open = await openPageOf(tx, group.page)
    const verdict = judge(open, group, now)
    return { verdict: verdict.do, page: await act(tx, parts, one, open, verdict) }
  })
  for (const say of one.said) say()
  events.tell('webhook.accepted', { receiver: known, verdict, page, deliveries: one.deliveries })
  if (one.deliveries > 0) parts.wake()
  return verdict
}

async function act(
  tx: Queryable,
  parts: AcceptParts,
  one: Case,
  open: OpenPage | null,
  verdict: Verdict,
): Promise<string | null> {
  const { group, now } = one
  if (verdict.do === 'open') {
    if (open) await end(tx, parts, one, open.id, verdict.ended ?? 'recurred')
    const page = await insertPage(tx, group, { receiver: one.name, forgetMs: one.receiver.forgetMs, now })
    const { alert, account } = group.content
    one.said.push(() => parts.events.tell('page.opened', { page, alert, account, severity: group.severity }))
    await note(tx, one, page, group.severity)
    await tell(tx, parts, one, page, 'open', true)
    return page
  }
  if (open === null || verdict.do === 'ignore') return null
  if (verdict.do === 'end') {
    await end(tx, parts, one, open.id, 'resolved')
    await tellOver(tx, parts, one, open)
    return open.id
  }
  const fresh = !open.groups.some(({ key, firing }) => firing && key === group.key)
  await note(tx, one, open.id, verdict.level)
  if (verdict.do === 'worse') {
    await unacknowledge(tx, open.id)
    // What was not sent yet would say less than what is sent now.
    await cancel(tx, parts, one, open.id, ['queued', 'held'])
  }
  if (verdict.do !== 'note') await tell(tx, parts, one, open.id, verdict.do, fresh)
  return open.id
}

function note(tx: Queryable, { group, receiver, now }: Case, page: string, level: Severity): Promise<void> {
  return noteGroup(tx, page, group, { level, forgetMs: receiver.forgetMs, now })
}

async function end(
  tx: Queryable,
  parts: AcceptParts,
  one: Case,
  page: string,
  why: 'resolved' | 'forgotten' | 'recurred',
): Promise<void> {
  await endPage(tx, page, why, one.now)
  // What is about to be sent is sent: it happened.
  await cancel(tx, parts, one, page, ['held'])
  one.said.push(() => parts.events.tell('page.ended', { page, why }))
}

async function cancel(
  tx: Queryable,
  { events }: AcceptParts,
  one: Case,
  page: string,
  from: readonly ('queued' | 'held')[],
): Promise<void> {
  for (const { id: delivery, recipient, channel } of await cancelOf(tx, page, from, one.now))
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

async function tell(
  tx: Queryable,
  parts: AcceptParts,
  one: Case,
  page: string,
  why: 'open' | 'worse' | 'tell',
  fresh: boolean,
): Promise<void> {
  const { receiver, now } = one
  const told = await toldOf(tx, page)
  const toldTo = ({ recipient, channel }: Planned) =>
    told.filter((each) => each.recipient === recipient && each.channels.includes(channel))
  const wanted: Planned[] = []
  for (const planned of planOf(receiver, parts.config, now)) {
    // What waits will be told; what was told is, for as long as the cooldown.
    const recent = toldTo(planned).some(({ sent, at }) => !sent || now - at < receiver.cooldownMs)
    if (why !== 'worse' && recent) {
      const { recipient, channel } = planned
      one.said.push(() => parts.events.tell('delivery.spared', { page, recipient, channel }))
    } else wanted.push(planned)
  }
  const before = wanted.some((planned) => toldTo(planned).some(({ sent }) => sent))
  await write(tx, parts, one, page, kindOf(why, before), wanted, fresh && !before)
}

/** Those who were told hear that it is over, by the channels that the receiver has for that. */
async function tellOver(tx: Queryable, parts: AcceptParts, one: Case, open: OpenPage): Promise<void> {
  const { config } = parts
  const told = new Set(
    (await toldOf(tx, open.id)).filter(({ sent }) => sent).map(({ recipient }) => recipient),
  )
  const wanted = [...told].flatMap((recipient) =>
    one.receiver.resolved.flatMap((channel) => {
      const to = config.recipients[recipient]
      const course = to ? courseOf(channel, [], (each) => reaches(config, to, each)) : null
      return course ? [{ recipient, channel, course }] : []
    }),
  )
  await write(tx, parts, one, open.id, 'resolved', wanted, false)
}

async function write(
  tx: Queryable,
  parts: AcceptParts,
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
