// Two books are compared: what the agent says of every message that it accepted, and what the simulator's ledger has received.

import type { MessageView } from '../../../agent/outbox/row.ts'
import type { Scene } from '../../harness/scene.ts'
import { until } from '../../harness/until.ts'
import type { Sent } from './traffic.ts'

export interface Verdict {
  accepted: number
  /** Accepted, and nobody has received it. */
  lost: string[]
  /** Received from one account under two ids. */
  duplicatesWithinAccount: string[]
  /** Received from two accounts, and not marked. */
  unflaggedDuplicates: string[]
  /** Marked as possible duplicates; and those of them that are. */
  flagged: number
  flaggedAndDouble: number
  /** What the agent says of every message, with whom it was for. */
  views: (MessageView & { to: string })[]
}

/** Waits until nothing is open any more, then judges. */
export async function compare(scene: Scene, sent: readonly Sent[], withinMs: number): Promise<Verdict> {
  const { sql } = scene.context
  const open = async (): Promise<number> => {
    const [row] = await sql.query<{ n: number }>('SELECT count(*) AS n FROM message WHERE open = 1')
    return Number(row?.n ?? 0)
  }
  let left = 0
  await until(
    () => `${left} messages are still open`,
    async () => {
      left = await open()
      return left === 0
    },
    withinMs,
  )
  const records = await scene.simulator.client.messages()
  const received = new Map<string, { account: string; id: string }[]>()
  for (const { account, id, texts, error } of records) {
    // What was refused was not received.
    if (error !== null) continue
    for (const text of new Set(Object.values(texts)))
      received.set(text, [...(received.get(text) ?? []), { account, id }])
  }
  const verdict: Verdict = {
    accepted: sent.length,
    lost: [],
    duplicatesWithinAccount: [],
    unflaggedDuplicates: [],
    flagged: 0,
    flaggedAndDouble: 0,
    views: [],
  }
  for (const { id, text, to } of sent) {
    const from = received.get(text) ?? []
    const view = (await (await scene.ask(`/api/messages/${id}`)).json()) as MessageView
    const { possibleDuplicate } = view
    verdict.views.push({ ...view, to })
    if (from.length === 0) verdict.lost.push(text)
    const accounts = new Set(from.map(({ account }) => account))
    if (accounts.size < new Set(from.map((each) => `${each.account} ${each.id}`)).size)
      verdict.duplicatesWithinAccount.push(text)
    if (accounts.size > 1 && !possibleDuplicate) verdict.unflaggedDuplicates.push(text)
    if (possibleDuplicate) {
      verdict.flagged += 1
      if (accounts.size > 1) verdict.flaggedAndDouble += 1
    }
  }
  return verdict
}

/**
 * The longest time in which no message of the account's conversations was acknowledged, in milliseconds: from those that it had before
 * `from` to those that whoever followed it had after `until`.
 */
export function longestGap(views: Verdict['views'], account: string, from: number, until: number): number {
  const before = views.filter((view) => view.account === account && Date.parse(view.ackedAt ?? '') < from)
  const people = new Set(before.map(({ to }) => to))
  const acks = views
    .filter(({ to }) => people.has(to))
    .map(({ ackedAt }) => Date.parse(ackedAt ?? ''))
    .filter((at) => at >= from - 1_000 && at <= until + 2_000)
    .sort((a, b) => a - b)
  return acks.reduce((longest, at, i) => Math.max(longest, at - (acks[i - 1] ?? at)), 0)
}
