// The steps of a failover as transactions: the state, what it changes and its row in the audit trail together, or nothing.

import { type Tell, transfer, transferOptions } from '../../outbox/transfer.ts'
import { channel } from '../../routing/settings-rows.ts'
import { append } from '../../store/audit.ts'
import { heldEpoch } from '../../store/held-epoch.ts'
import type { Queryable, Sql, TransactionOptions } from '../../store/sql.ts'
import { blockedForMs, type Damping } from './damping.ts'
import { lend, modeOf, parkedWhy, putBack, takeBack, takeOut } from './modes.ts'
import type { Plan } from './plan.ts'
import { advance, type Changed, type Failover, insertFailover, type ModeChange } from './rows.ts'

type Step = (tx: Queryable, now: number) => Promise<Failover | null>

/** Thrown out of a transaction, so that nothing of it stays. */
class Undone extends Error {
  readonly not: NotYet | null
  /** @param not null where somebody else has moved the failover meanwhile */
  constructor(not: NotYet | null) {
    super('nothing of this step may stay')
    this.not = not
  }
}

/** How work changes hands: how long an acknowledgement is waited for, in milliseconds, and who hears of what is parked. */
export interface Handing {
  graceMs: number
  tell?: Tell | undefined
}

/** Why the work was not handed over: its account still sends, or the other one must not have it. */
export interface NotYet {
  not: 'drained' | 'fit'
  why: string
}

/** One step; nothing of it happens where somebody else has moved the failover meanwhile. */
async function inOne(sql: Sql, step: Step, options: TransactionOptions = {}): Promise<Failover | null> {
  try {
    return await sql.transaction(async (tx) => {
      const now = Date.now()
      const f = await step(tx, now)
      // What the step had written before it found out goes with it.
      if (!f) throw new Undone(null)
      await tx.notify(channel, '')
      await note(tx, f, now)
      return f
    }, options)
  } catch (error) {
    if (error instanceof Undone && error.not === null) return null
    throw error
  }
}

async function note(tx: Queryable, f: Failover, now: number): Promise<void> {
  const { id, pool, account, chosen, kind, cause, state, data } = f
  const { who, origin, ranking, tried, steps, moved, conversations, unsure } = data
  const decided = state === 'chosen' || state === 'parked' || state === 'rolled-back'
  const inputs = decided ? { ranking, tried } : {}
  const counts = state === 'transferred' || !f.open ? { moved, conversations, unsure } : {}
  const { note: said, modes = [] } = steps.at(-1) ?? {}
  for (const { account, ...change } of modes) {
    const entry = { who, origin, what: 'mode.set', pool, account, outcome: 'done' }
    await append(tx, { ...entry, data: { failover: id, ...change } }, now)
  }
  await append(
    tx,
    {
      who,
      origin,
      what: `failover.${state}`,
      pool,
      account,
      outcome: 'done',
      data: { failover: id, kind, cause, chosen, ...inputs, ...counts, ...(said ? { note: said } : {}) },
    },
    now,
  )
}

/**
 * Null where one of this account is under way, or where the account is not this process's any more.
 * @param epoch under which this process holds it; null where a person asks, who may ask any node
 */
export function begin(sql: Sql, f: Failover, epoch: number | null): Promise<Failover | null> {
  return inOne(sql, async (tx) => {
    if (epoch !== null && !(await holds(tx, f.account, epoch))) return null
    return insertFailover(tx, f)
  })
}

/** A session that another agent of ours has taken over looks replaced; nothing is wrong with its account. */
async function holds(tx: Queryable, account: string, epoch: number): Promise<boolean> {
  const held = await tx.query('SELECT epoch FROM ownership WHERE account = $1 AND epoch = $2', [
    account,
    epoch,
  ])
  return held.length > 0
}

/** The account gets nothing more and sends nothing more; an automatic one keeps it out for a while. */
export function fence(
  sql: Sql,
  f: Failover,
  damping: Damping & { forgetAfterMs: number },
): Promise<Failover | null> {
  return inOne(sql, async (tx, now) => {
    // Waits for a claim that is under way; whoever claims after this finds the mode.
    await heldEpoch(tx, f.account)
    const had = await takeOut(tx, f, now)
    if (f.kind === 'automatic') {
      const recent = now - had.blockedUntil < damping.forgetAfterMs
      const failovers = (recent ? had.failovers : 0) + 1
      await tx.query('UPDATE account_mode SET failovers = $2, blocked_until = $3 WHERE account = $1', [
        f.account,
        failovers,
        now + blockedForMs(failovers, damping),
      ])
    }
    return advance(tx, f, 'fenced', now, { data: { had } })
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
  const { chosen, ranking, mode } = plan
  return inOne(sql, (tx, now) =>
    advance(tx, f, 'chosen', now, {
      chosen,
      data: { ranking, tried: Object.fromEntries(tried), ...(mode && { chosenMode: mode }) },
    }),
  )
}

/** Queue, schedules and conversations change hands in this one transaction. Null where somebody else has moved the failover. */
export async function handOver(sql: Sql, f: Failover, how: Handing): Promise<Failover | NotYet | null> {
  try {
    return await inOne(
      sql,
      async (tx, now) => {
        const to = f.chosen as string
        const not = (await stillSends(tx, f)) ?? (await unfit(tx, f, to))
        if (not) throw new Undone(not)
        const { modes: before, ...done } = await moved(tx, f, to, how, now)
        const { modes, lent } = await lend(tx, f, to, now)
        return advance(tx, f, 'transferred', now, {
          modes: [...before, ...modes],
          data: { ...done.data, lent },
        })
      },
      transferOptions,
    )
  } catch (error) {
    if (error instanceof Undone) return error.not
    throw error
  }
}

/** Its own node may hear of the fence a moment after another one has looked. */
async function stillSends(tx: Queryable, f: Failover): Promise<NotYet | null> {
  if (f.kind !== 'planned' || f.data.holder !== f.account) return null
  await heldEpoch(tx, f.account)
  return (await draining(tx, f.account)) === 0 ? null : { not: 'drained', why: 'it still sends' }
}

/** Between the choice and now, which may be a restart apart, somebody may have taken it out, or it may have failed itself. */
async function unfit(tx: Queryable, f: Failover, to: string): Promise<NotYet | null> {
  const { mode } = await modeOf(tx, to)
  if (mode === 'maintenance' || mode === 'draining') return { not: 'fit', why: `its mode is ${mode}` }
  if (mode === 'out' && f.data.chosenMode !== 'out')
    return { not: 'fit', why: 'it was taken out after it had been chosen' }
  const own = await tx.query('SELECT id FROM failover WHERE account = $1 AND open = 1', [to])
  return own.length === 0 ? null : { not: 'fit', why: 'it is being failed over itself' }
}

export function toActivating(sql: Sql, f: Failover): Promise<Failover | null> {
  return inOne(sql, (tx, now) => advance(tx, f, 'activating', now))
}

export function finish(sql: Sql, f: Failover): Promise<Failover | null> {
  return inOne(sql, (tx, now) => advance(tx, f, 'active', now))
}

/** The account has back what is left of its work, and takes part again. */
export function rollBack(sql: Sql, f: Failover, why: string, how: Handing): Promise<Failover | null> {
  return inOne(
    sql,
    async (tx, now) => {
      await modeOf(tx, f.account)
      const done = f.data.holder === f.account ? {} : await moved(tx, f, f.account, how, now)
      if (f.state !== 'detected') await putBack(tx, f, why, now)
      return advance(tx, f, 'rolled-back', now, { note: why, ...done })
    },
    transferOptions,
  )
}

/** Nobody may take over: everything waits in the store until somebody may. */
export function park(sql: Sql, f: Failover, plan: Plan, how: Handing): Promise<Failover | null> {
  return inOne(
    sql,
    async (tx, now) => {
      await modeOf(tx, f.account)
      const { data, modes } = await moved(tx, f, null, how, now)
      const note = 'nobody may take over'
      // Nothing was gained by taking it out: as soon as it is well, it may have its work back.
      await tx.query(
        "UPDATE account_mode SET why = $2, blocked_until = 0 WHERE account = $1 AND mode = 'out'",
        [f.account, parkedWhy(f.data.had?.mode)],
      )
      const { ranking } = plan
      return advance(tx, f, 'parked', now, { chosen: null, note, modes, data: { ...data, ranking } })
    },
    transferOptions,
  )
}

/**
 * The work leaves its holder, who stands again as before where it was put in service for it: then with all that it has. The caller holds the
 * modes of the accounts by now, and what takes one out comes before what moves a message: who gives messages waits for rows of those.
 */
async function moved(
  tx: Queryable,
  f: Failover,
  to: string | null,
  how: Handing,
  now: number,
): Promise<{ data: Changed; modes: ModeChange[] }> {
  const { holder, moved, conversations, unsure } = f.data
  const again = holder !== f.account
  const modes = await takeBack(tx, f, now)
  const onlyMoved = again && modes.length === 0
  const done = await transfer(tx, { id: f.id, pool: f.pool, from: holder, to, now, ...how }, onlyMoved)
  const data = {
    holder: to ?? f.account,
    lent: undefined,
    // What is moved a second time was counted the first time.
    moved: again ? moved : done.messages,
    conversations: again ? conversations : done.conversations,
    unsure: Math.max(unsure, done.unsure),
  }
  return { data, modes }
}
