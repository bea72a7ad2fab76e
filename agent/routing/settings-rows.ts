// The rows behind the run-time settings of the routing: read all at once, changed only inside a transaction of the caller.

import { createHash } from 'node:crypto'
import type { Queryable } from '../store/sql.ts'
import { type AccountMode, accountModes, type StrategyName, strategyNames } from '../words.ts'
import { isTakenOut, noGiving } from './taken-out.ts'

/** Everybody who keeps settings in memory listens here. */
export const channel = 'routing'

export interface ModeSetting {
  readonly mode: AccountMode
  readonly why: string
  /** Milliseconds since the epoch, like every time here. */
  readonly since: number
  /** It starts slowly since then; null for one that was never taken out. */
  readonly returnedAt: number | null
  readonly failovers: number
  readonly blockedUntil: number
}

export interface AccountSetting {
  readonly weight?: number
  readonly priority?: number
}

/** All settings at one moment; nobody changes one that somebody may hold. */
export interface RoutingSnapshot {
  readonly strategies: ReadonlyMap<string, StrategyName>
  readonly accounts: ReadonlyMap<string, AccountSetting>
  readonly modes: ReadonlyMap<string, ModeSetting>
  /** A person has switched automatic failover off. */
  readonly failoverOff: boolean
  /** Equal for equal settings. */
  readonly fingerprint: string
}

export const nothingSet: RoutingSnapshot = Object.freeze({
  strategies: new Map(),
  accounts: new Map(),
  modes: new Map(),
  failoverOff: false,
  fingerprint: '',
})

type SettingRow = { scope: string; id: string; name: string; value: string }
type ModeRow = {
  account: string
  mode: string
  why: string
  since: number
  failovers: number
  blocked_until: number
  returned_at: number
}

/** What a newer version may have written and this one does not know is left out. Rejects with StoreError. */
export async function readSettings(sql: Queryable): Promise<RoutingSnapshot> {
  const rows = await sql.query<SettingRow>(
    'SELECT scope, id, name, value FROM routing_setting ORDER BY scope, id, name',
  )
  const modeRows = await sql.query<ModeRow>(
    'SELECT account, mode, why, since, failovers, blocked_until, returned_at FROM account_mode ORDER BY account',
  )
  const strategies = new Map<string, StrategyName>()
  const accounts = new Map<string, AccountSetting>()
  let failoverOff = false
  for (const { scope, id, name, value } of rows) {
    if (scope === 'fleet' && id === 'failover' && name === 'automatic') failoverOff = value === 'off'
    if (scope === 'pool' && name === 'strategy' && isStrategy(value)) strategies.set(id, value)
    if (scope === 'account' && (name === 'weight' || name === 'priority') && Number.isFinite(Number(value)))
      accounts.set(id, Object.freeze({ ...accounts.get(id), [name]: Number(value) }))
  }
  const modes = new Map<string, ModeSetting>()
  for (const row of modeRows)
    if (isMode(row.mode)) modes.set(row.account, Object.freeze(modeOf(row, row.mode)))
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([rows, modeRows]))
    .digest('hex')
  return Object.freeze({ strategies, accounts, modes, failoverOff, fingerprint })
}

/** Null takes it back. Answers what stood there. */
export async function writeSetting(
  tx: Queryable,
  { scope, id, name }: Omit<SettingRow, 'value'>,
  value: string | null,
  now: number,
): Promise<string | null> {
  const [before] = await tx.query<{ value: string }>(
    'SELECT value FROM routing_setting WHERE scope = $1 AND id = $2 AND name = $3',
    [scope, id, name],
  )
  if (value === null)
    await tx.query('DELETE FROM routing_setting WHERE scope = $1 AND id = $2 AND name = $3', [
      scope,
      id,
      name,
    ])
  else
    await tx.query(
      `INSERT INTO routing_setting (scope, id, name, value, changed_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (scope, id, name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at`,
      [scope, id, name, value, now],
    )
  return before?.value ?? null
}

/** How an account stands in the store. */
export interface HeldMode {
  mode: AccountMode
  why: string
  failovers: number
  blockedUntil: number
}

/** Holds the row until the commit, so that two who change it see each other; it is made where there is none. */
export async function holdMode(tx: Queryable, account: string, now: number): Promise<HeldMode> {
  const [row] = await tx.query<{ mode: string; why: string; failovers: number; blocked_until: number }>(
    `INSERT INTO account_mode (account, mode, why, since, failovers, blocked_until, returned_at)
     VALUES ($1, 'up', '', $2, 0, 0, 0) ON CONFLICT (account) DO UPDATE SET account = excluded.account
     RETURNING mode, why, failovers, blocked_until`,
    [account, now],
  )
  const { mode = 'up', why = '', failovers = 0, blocked_until: blockedUntil = 0 } = row ?? {}
  return { mode: isMode(mode) ? mode : 'up', why, failovers, blockedUntil }
}

/**
 * Gives the account a mode, in whatever transaction decides it; an account that comes back from `maintenance` or `out`, be it to drain first,
 * starts slowly from `now`. Answers the mode that it had. The caller notifies the channel `routing` in the same transaction.
 */
export async function writeMode(
  tx: Queryable,
  account: string,
  mode: AccountMode,
  why: string,
  now: number,
): Promise<AccountMode> {
  const { mode: had } = await holdMode(tx, account, now)
  if (isTakenOut(mode) && !isTakenOut(had)) await noGiving(tx)
  const wasAway = had === 'maintenance' || had === 'out'
  const returns = wasAway && (mode === 'up' || mode === 'draining')
  await tx.query('UPDATE account_mode SET mode = $2, why = $3, since = $4 WHERE account = $1', [
    account,
    mode,
    why,
    now,
  ])
  if (returns) await tx.query('UPDATE account_mode SET returned_at = $2 WHERE account = $1', [account, now])
  return had
}

/** The mode that an account has and why, held by nobody; `up` where nobody has said anything. */
export async function modeIn(tx: Queryable, account: string): Promise<{ mode: AccountMode; why: string }> {
  const [row] = await tx.query<{ mode: string; why: string }>(
    'SELECT mode, why FROM account_mode WHERE account = $1',
    [account],
  )
  return { mode: row && isMode(row.mode) ? row.mode : 'up', why: row?.why ?? '' }
}

function modeOf(row: ModeRow, mode: AccountMode): ModeSetting {
  const { why, since, failovers, blocked_until: blockedUntil, returned_at: returnedAt } = row
  return { mode, why, since, failovers, blockedUntil, returnedAt: returnedAt === 0 ? null : returnedAt }
}

function isStrategy(text: string): text is StrategyName {
  return (strategyNames as readonly string[]).includes(text)
}

function isMode(text: string): text is AccountMode {
  return (accountModes as readonly string[]).includes(text)
}
