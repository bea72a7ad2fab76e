// The steps of a failover as transactions: the state, what it changes and its row in the audit trail together, or nothing.

import { transfer } from '../../outbox/transfer.ts'
import { channel, writeMode } from '../../routing/settings-rows.ts'
import { append } from '../../store/audit.ts'
import type { Queryable, Sql } from '../../store/sql.ts'
import { blockedForMs, type Damping } from './damping.ts'
import type { Plan } from './plan.ts'
import { advance, type Failover, insertFailover } from './rows.ts'

type Step = (tx: Queryable, now: number) => Promise<Failover | null>

/** One step; nothing of it happens where somebody else has moved the failover meanwhile. */
function inOne(sql: Sql, step: Step): Promise<Failover | null> {
  return sql.transaction(async (tx) => {
    const now = Date.now()
    const f = await step(tx, now)
    if (!f) return null
    await tx.notify(channel, '')
    const { id, pool, account, chosen, kind, cause, state, data } = f
    const { who, origin, ranking, tried, steps, moved, conversations, unsure } = data
    const inputs = state === 'chosen' || state === 'parked' ? { ranking, tried } : {}
    const counts = state === 'transferred' || !f.open ? { moved, conversations, unsure } : {}
    const note = steps.at(-1)?.note
    await append(
      tx,
      {
        who,
        origin,
        what: `failover.${state}`,
        pool,
        account,
        outcome: 'done',
        data: { failover: id, kind, cause, chosen, ...inputs, ...counts, ...(note ? { note } : {}) },
      },
      now,
    )
    return f
  })
}

/** Null where one of this account is under way. */
export function begin(sql: Sql, f: Failover): Promise<Failover | null> {
  return inOne(sql, (tx) => insertFailover(tx, f))
}

/** How the mode of an account that was failed over explains itself. */
const outBecause = (cause: string): string => `failover: ${cause}`
/** Whom a person has switched over, a person brings back. */
export const byPerson = outBecause('asked')

/** The account gets nothing more and sends nothing more; an automatic one keeps it out for a while. */
export function fence(
  sql: Sql,
  f: Failover,
  damping: Damping & { forgetAfterMs: number },
): Promise<Failover | null> {
  return inOne(sql, async (tx, now) => {
    // Waits for a claim that is under way; whoever claims after this finds the mode.
    await tx.query('UPDATE ownership SET epoch = epoch WHERE account = $1', [f.account])
    await writeMode(tx, f.account, 'out', outBecause(f.cause), now)
    if (f.kind === 'automatic') {
      const [row] = await tx.query<{ failovers: number; blocked_until: number }>(
        'SELECT failovers, blocked_until FROM account_mode WHERE account = $1',
        [f.account],
      )
      const recent = now - (row?.blocked_until ?? 0) < damping.forgetAfterMs
      const failovers = (recent ? (row?.failovers ?? 0) : 0) + 1
      await tx.query('UPDATE account_mode SET failovers = $2, blocked_until = $3 WHERE account = $1', [
        f.account,
        failovers,
        now + blockedForMs(failovers, damping),
      ])
    }
    return advance(tx, f, 'fenced', now)
  })
}

/** Messages of the account that are being sent at this moment. */
export async function draining(sql: Queryable, account: string): Promise<number> {
  const [row] = await sql.query<{ n: number }>(
    "SELECT count(*) AS n FROM message WHERE account = $1 AND bound = 0 AND open = 1 AND state IN ('claimed', 'sent')",
    [account],
  )
  return Number(row?.n ?? 0)
}

export function choose(
  sql: Sql,
  f: Failover,
  plan: Plan,
  tried: ReadonlyMap<string, string>,
): Promise<Failover | null> {
  const { chosen, ranking } = plan
  return inOne(sql, (tx, now) =>
    advance(tx, f, 'chosen', now, { chosen, data: { ranking, tried: Object.fromEntries(tried) } }),
  )
}

/** Queue, schedules and conversations change hands in this one transaction. */
export function handOver(sql: Sql, f: Failover, graceMs: number): Promise<Failover | null> {
  return inOne(sql, async (tx, now) => {
    const to = f.chosen as string
    const data = await moved(tx, f, to, graceMs, now)
    // Somebody who was out, and is asked for, is in again.
    await tx.query(
      "UPDATE account_mode SET mode = 'up', why = $2, since = $3 WHERE account = $1 AND mode = 'out'",
      [to, `it took over from ${f.account}`, now],
    )
    return advance(tx, f, 'transferred', now, { data })
  })
}

export function toActivating(sql: Sql, f: Failover): Promise<Failover | null> {
  return inOne(sql, (tx, now) => advance(tx, f, 'activating', now))
}

export function finish(sql: Sql, f: Failover): Promise<Failover | null> {
  return inOne(sql, (tx, now) => advance(tx, f, 'active', now))
}

/** The account has back what is left of its work, and takes part again. */
export function rollBack(sql: Sql, f: Failover, why: string, graceMs: number): Promise<Failover | null> {
  return inOne(sql, async (tx, now) => {
    const data = f.data.holder === f.account ? {} : await moved(tx, f, f.account, graceMs, now)
    if (f.state !== 'detected') await writeMode(tx, f.account, 'up', `rolled back: ${why}`, now)
    return advance(tx, f, 'rolled-back', now, { note: why, data })
  })
}

/** How the mode of such an account explains itself. */
export const parkedWhy = 'failover: nobody could take over'

/** Nobody may take over: everything waits in the store until somebody may. */
export function park(sql: Sql, f: Failover, plan: Plan): Promise<Failover | null> {
  return inOne(sql, async (tx, now) => {
    const data = await moved(tx, f, null, 0, now)
    const note = 'nobody may take over'
    // Nothing was gained by taking it out: as soon as it is well, it may have its work back.
    await tx.query('UPDATE account_mode SET why = $2, blocked_until = 0 WHERE account = $1', [
      f.account,
      parkedWhy,
    ])
    return advance(tx, f, 'parked', now, { chosen: null, note, data: { ...data, ranking: plan.ranking } })
  })
}

async function moved(
  tx: Queryable,
  f: Failover,
  to: string | null,
  graceMs: number,
  now: number,
): Promise<Partial<Failover['data']>> {
  const { holder, moved, conversations, unsure } = f.data
  const again = holder !== f.account
  const done = await transfer(tx, { id: f.id, from: holder, to, graceMs, now }, again)
  return {
    holder: to ?? f.account,
    // What is moved a second time was counted the first time.
    moved: again ? moved : done.messages,
    conversations: again ? conversations : done.conversations,
    unsure: Math.max(unsure, done.unsure),
  }
}
