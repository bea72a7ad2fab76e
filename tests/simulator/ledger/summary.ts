// Condenses the records into the numbers that prove nothing was lost, sent twice or connected twice.
import type { LedgerSummary } from '../types.ts'
import type { Records } from './records.ts'

export function summarise(records: Records): LedgerSummary {
  const connections = [...records.connections.values()]
  const messages = [...records.messages.values()]
  const inbound = [...records.inbound.values()]
  const { overlaps, staleOverlaps, replaced, received, ok, rejected, undecryptable } = records.tally
  return {
    connections: connections.length,
    openNow: connections.filter((record) => record.closedAt === null).length,
    maxOpenPerAccount: records.maxOpenPerAccount,
    overlaps,
    staleOverlaps,
    replaced,
    messages: {
      received,
      distinctIds: messages.length,
      ...texts(messages),
      acked: messages.filter((message) => message.ackedAt !== null).length,
      nacked: messages.filter((message) => message.ackedAt === null && message.error !== null).length,
      duplicatesById: messages.reduce((sum, message) => sum + Math.max(0, message.times - 1), 0),
    },
    inbound: {
      sent: inbound.length,
      delivered: inbound.filter((message) => message.deliveredAt !== null).length,
      receipted: inbound.filter((message) => message.receiptedAt !== null).length,
      pending: inbound.filter((message) => message.receiptedAt === null).length,
    },
    undecryptable,
    connectsPerSecond: rate(connections.map((record) => record.openedAt)),
    logins: { ok, rejected },
  }
}

/** A text is the same when it went to the same recipient, from whichever account. */
function texts(messages: { id: string; account: string; to: string; texts: Record<string, string> }[]) {
  const ids = new Map<string, Set<string>>()
  for (const message of messages) {
    for (const text of new Set(Object.values(message.texts))) {
      const key = `${message.to} ${text}`
      const known = ids.get(key) ?? new Set()
      ids.set(key, known.add(`${message.account} ${message.id}`))
    }
  }
  const distinctTexts = ids.size
  const sameTextTwoIds = [...ids.values()].filter((set) => set.size > 1).length
  return { distinctTexts, sameTextTwoIds }
}

/** Over a sliding second: a bucket per calendar second would halve a burst that straddles two. */
function rate(times: number[]): { max: number; mean: number } {
  let max = 0
  let start = 0
  for (let end = 0; end < times.length; end++) {
    while ((times[end] as number) - (times[start] as number) >= 1000) start++
    max = Math.max(max, end - start + 1)
  }
  const span = times.length < 2 ? 1 : Math.max(1, ((times.at(-1) as number) - (times[0] as number)) / 1000)
  return { max, mean: Math.round((times.length / span) * 100) / 100 }
}
