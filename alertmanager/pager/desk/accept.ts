// A webhook becomes rows in one transaction, or nothing; whoever is answered 200 can be sure of that.

import type { Queryable, Sql } from '../../../agent/store/sql.ts'
import { defaultReceiver } from '../config/rules.ts'
import type { PagerConfig, Receiver } from '../config/schema.ts'
import type { Group } from '../decide/group.ts'
import { judge, type Verdict } from '../decide/page.ts'
import { groupsAfter, type KnownGroup, untaken } from '../decide/standing.ts'
import type { Events } from '../events.ts'
import { endPage, insertPage, notePage, type OpenPage, openPageOf, unacknowledge } from '../store/pages.ts'
import { cancel, type Case as Telling, tell, tellOver } from './tell.ts'

export interface AcceptParts {
  sql: Sql
  config: PagerConfig
  events: Events
  /** There may be something to send. */
  wake(): void
}

interface Case extends Telling {
  /** The groups of its page after it. */
  groups: readonly KnownGroup[]
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
  const one: Case = { name: known, receiver, group, groups: [], now, said: [], deliveries: 0 }
  const { verdict, page } = await sql.transaction(async (tx) => {
    one.said.length = 0
    one.deliveries = 0
    const open = await openPageOf(tx, group.page)
    one.groups = groupsAfter(open?.groups ?? [], group, receiver.forgetMs, now)
    const verdict = judge(open, group, one.groups, now)
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
    const { page: key, severity: level, content } = group
    const page = await insertPage(tx, { key, level, content, receiver: one.name, now })
    const { alert, account } = content
    one.said.push(() => parts.events.tell('page.opened', { page, alert, account, severity: level }))
    await notePage(tx, page, { level, groups: untaken(one.groups), now })
    await tell(tx, parts, one, page, 'open', true)
    return page
  }
  if (open === null || verdict.do === 'ignore') return null
  if (verdict.do === 'end') {
    await end(tx, parts, one, open.id, 'resolved')
    await tellOver(tx, parts, one, open.id)
    return open.id
  }
  const fresh = !open.groups.some(({ key }) => key === group.key)
  await notePage(tx, open.id, { level: verdict.level, groups: one.groups, now })
  if (verdict.do === 'worse') await unacknowledge(tx, open.id)
  if (verdict.do !== 'note') await tell(tx, parts, one, open.id, verdict.do, fresh)
  return open.id
}

async function end(
  tx: Queryable,
  parts: AcceptParts,
  one: Case,
  page: string,
  why: 'resolved' | 'forgotten' | 'recurred',
): Promise<void> {
  await endPage(tx, page, why, one.now)
  // Nobody is told any more what is over.
  await cancel(tx, parts.events, one, page, null)
  one.said.push(() => parts.events.tell('page.ended', { page, why }))
}
