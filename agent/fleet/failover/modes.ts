// What a failover does to the mode of the account that it takes the work from: what a person had decided is kept, and comes back with a rollback.

import { writeMode } from '../../routing/settings-rows.ts'
import type { Queryable } from '../../store/sql.ts'
import type { AccountMode, FailoverCause } from '../../words.ts'
import type { Failover, Had } from './rows.ts'

/** How the mode of an account explains itself for whom nobody could take over. */
export const parkedWhy = 'failover: nobody could take over'

const drained = ', while it was drained'
const outWhy = (cause: FailoverCause, had: AccountMode): string =>
  `failover: ${cause}${had === 'draining' ? drained : ''}`

/** Whom a person has switched over, or was draining, a person brings back. */
export function isByPerson(why: string): boolean {
  return why === outWhy('asked', 'up') || why.endsWith(drained)
}

/** Holds the row until the commit, so that two who change it see each other. */
export async function modeOf(tx: Queryable, account: string): Promise<Had> {
  const [row] = await tx.query<{ mode: AccountMode; why: string; failovers: number; blocked_until: number }>(
    'UPDATE account_mode SET account = account WHERE account = $1 RETURNING mode, why, failovers, blocked_until',
    [account],
  )
  const { mode = 'up', why = '', failovers = 0, blocked_until: blockedUntil = 0 } = row ?? {}
  return { mode, why, failovers, blockedUntil }
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
