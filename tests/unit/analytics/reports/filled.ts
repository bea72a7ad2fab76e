// A fleet with a past: scores, changes of state, codes, failures and issues of every account, drawn from a seed, the same each time.

import { v7 as uuidv7 } from 'uuid'
import type { Listed } from '../../../../agent/analytics/reports/account.ts'
import type { AnyEvent } from '../../../../agent/events.ts'
import { type History, maxAppend } from '../../../../agent/history/port.ts'
import { draws } from '../../../harness/draws.ts'

const WEEK_MS = 7 * 24 * 60 * 60_000

export interface Filling {
  accounts: number
  weeks: number
  /** Milliseconds since the epoch. */
  until: number
  /** In a week. */
  scores: number
  /** In a week; two make an outage. */
  changes: number
}

export const realistic = { accounts: 100, weeks: 2, scores: 300, changes: 50 }

export function listedAccounts(count: number): Listed[] {
  return Array.from({ length: count }, (_, i) => ({
    account: `${['uae', 'ksa', 'egypt'][i % 3]}-${i + 1}`,
    phone: `+9715057${String(60_000 + i)}`,
    pool: i % 2 === 0 ? 'sales' : 'support',
    role: i % 5 === 4 ? 'backup' : 'primary',
    region: ['uae', 'ksa', 'egypt'][i % 3] ?? 'uae',
  }))
}

/** Everything of one account, in no particular order. Every seventh is a troubled one. */
function pastOf(account: string, index: number, filling: Filling): AnyEvent[] {
  const draw = draws(index + 1)
  const { weeks, until, scores, changes } = filling
  const length = weeks * WEEK_MS
  const from = until - length
  const events: AnyEvent[] = []
  const put = (at: number, type: string, data: object): void => {
    const id = uuidv7({ msecs: Math.floor(at) })
    events.push({
      id,
      v: 1,
      type,
      at: Math.floor(at),
      node: 'node-1',
      account,
      ...data,
    } as unknown as AnyEvent)
  }
  const troubled = index % 7 === 3
  const base = troubled ? 55 : 96
  for (let i = 0; i < weeks * scores; i++) {
    const at = from + ((i + draw()) * length) / (weeks * scores)
    const sag = troubled ? 25 * Math.sin((i / scores) * 9 + index) : 3 * draw()
    const score = Math.round(Math.max(0, Math.min(100, base - sag)))
    const factors = {
      uptime: troubled ? 97.2 : 99.95,
      qrQuality: null,
      errorRate: 0.2,
      responseTime: 900 + 400 * draw(),
      messageProcessing: 99.6,
    }
    put(at, 'health.scored', { score, confidence: 1, status: 'healthy', caps: [], factors, issues: [] })
  }
  put(from + 1_000, 'session.state-changed', { from: 'connecting', to: 'open', reason: 'opened' })
  for (let i = 0; i < (weeks * changes) / 2; i++) {
    const at = from + ((i + 0.1 + 0.5 * draw()) * length * 2) / (weeks * changes)
    const awayMs = 2_000 + draw() ** 4 * (troubled ? 3_600_000 : 60_000)
    put(at, 'session.state-changed', { from: 'open', to: 'waiting', reason: 'connection-closed' })
    put(at + awayMs, 'session.state-changed', { from: 'waiting', to: 'open', reason: 'opened' })
  }
  for (let i = 0; i < weeks * (troubled ? 4 : 1); i++) {
    const at = from + draw() * (length - 3_600_000)
    for (let code = 0; code < 3; code++)
      put(at + code * 20_000, 'pairing.code-issued', { attempt: i, index: code, lifeMs: 20_000 })
    if (troubled) put(at + 70_000, 'pairing.regenerated', { attempt: i, inARow: 1 })
    put(at + 90_000, 'pairing.scanned', { attempt: i, scanMs: Math.round(8_000 + 30_000 * draw()) })
    if (draw() < 0.5)
      put(at + 100_000, 'message.ended', {
        id: 'm',
        messageId: 'w',
        pool: 'sales',
        state: 'failed',
        code: 'x',
        attempts: 5,
        ms: 9,
      })
  }
  if (troubled) {
    for (const issue of ['RECONNECT_LOOP', 'FREQUENT_QR_REGENERATIONS', 'ZOMBIE_SESSION'])
      for (let i = 0; i < weeks * 2; i++) {
        const at = from + ((i + draw() * 0.7) * length) / (weeks * 2)
        put(at, 'diagnosis.found', {
          issue,
          severity: issue === 'ZOMBIE_SESSION' ? 'CRITICAL' : 'HIGH',
          since: at,
          pattern: 'x',
          numbers: {},
        })
        if (i < weeks * 2 - 1 || index % 2 === 0)
          put(at + 3_600_000 * draw(), 'diagnosis.cleared', { issue, forMs: 1 })
      }
    put(until - 3_600_000 * (1 + 100 * draw()), 'failover.ended', {
      failover: 'f',
      outcome: 'active',
      pool: 'sales',
    })
  }
  return events.filter(({ at }) => at < until)
}

/** Fills a history; answers how many events it has then. */
export async function fill(history: History, filling: Filling): Promise<number> {
  let count = 0
  for (const [index, { account }] of listedAccounts(filling.accounts).entries()) {
    const events = pastOf(account, index, filling)
    for (let i = 0; i < events.length; i += maxAppend) await history.append(events.slice(i, i + maxAppend))
    count += events.length
  }
  return count
}
