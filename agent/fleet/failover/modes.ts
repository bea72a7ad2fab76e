// What a failover does to the modes of the two accounts: what a person had decided is kept, and comes back where nothing came of it.

import { holdMode, writeMode } from '../../routing/settings-rows.ts'
import type { Queryable } from '../../store/sql.ts'
import type { AccountMode, FailoverCause } from '../../words.ts'
import type { Failover, Had, ModeChange } from './rows.ts'

const drained = ', while it was drained'
const parked = 'failover: nobody could take over'
const outWhy = (cause: FailoverCause, had: AccountMode): string =>
  `failover: ${cause}${had === 'draining' ? drained : ''}`

/** How the mode of an account explains itself for whom nobody could take over. @param had its mode before it was fenced */
export function parkedWhy(had: AccountMode | undefined): string {
  return had === 'draining' ? parked + drained : parked
}

export function isParked(why: string): boolean {
  return why === parkedWhy('up') || why === parkedWhy('draining')
}

/** Whom a person has switched over, or was draining, a person brings back. */
export function isByPerson(why: string): boolean {
  return why === outWhy('asked', 'up') || why.endsWith(drained)
}

/** How it stands, held until the commit. */
export function modeOf(tx: Queryable, account: string): Promise<Had> {
  return holdMode(tx, account, Date.now())
}

/** Answers how it stood before. Maintenance takes nothing and sends nothing already, and must outlive the failover. */
export async function takeOut(tx: Queryable, { account, cause }: Failover, now: number): Promise<Had> {
  const had = await modeOf(tx, account)
  if (had.mode !== 'maintenance') await writeMode(tx, account, 'out', outWhy(cause, had.mode), now)
  return had
}

/** As it was, its time out included: nothing came of the failover. What a person has decided meanwhile stays. */
export async function putBack(tx: Queryable, f: Failover, why: string, now: number): Promise<void> {
  const { mode } = await modeOf(tx, f.account)
  if (mode !== 'out') return
  const { had } = f.data
  const words = had === undefined || had.mode === 'up' ? `rolled back: ${why}` : had.why
  await writeMode(tx, f.account, had?.mode ?? 'up', words, now)
  if (had)
    await tx.query('UPDATE account_mode SET failovers = $2, blocked_until = $3 WHERE account = $1', [
      f.account,
      had.failovers,
      had.blockedUntil,
    ])
}

const lent = 'it took over from '
const lentWhy = (from: string): string => lent + from

/** A failover has put it in service. */
export function isLent(why: string): boolean {
  return why.startsWith(lent)
}

/** Who gets the work is in service, also where an earlier failover had taken it out: with how it stood, for when nothing comes of it. */
export async function lend(
  tx: Queryable,
  f: Failover,
  to: string,
  now: number,
): Promise<{ lent?: Failover['data']['lent']; modes: ModeChange[] }> {
  const had = await modeOf(tx, to)
  if (had.mode !== 'out') return { modes: [] }
  const change: ModeChange = { account: to, from: 'out', to: 'up', why: lentWhy(f.account) }
  await writeMode(tx, to, change.to, change.why, now)
  return { lent: { ...had, account: to }, modes: [change] }
}

/** Who was put in service for this failover stands as before it. What a person has decided meanwhile stays. */
export async function takeBack(tx: Queryable, f: Failover, now: number): Promise<ModeChange[]> {
  if (!f.data.lent) return []
  const { account, mode: to, why } = f.data.lent
  const is = await modeOf(tx, account)
  if (is.mode !== 'up' || is.why !== lentWhy(f.account)) return []
  await writeMode(tx, account, to, why, now)
  return [{ account, from: 'up', to, why }]
}
