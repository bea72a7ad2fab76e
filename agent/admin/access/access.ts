// What the configuration adds to the tokens of the file: identity providers, limits, and what is remembered of who came.

import type { Logger } from 'pino'
import type { AdminConfig } from '../../config/schema.ts'
import type { Bus } from '../../events.ts'
import { append } from '../../store/audit.ts'
import type { Sql } from '../../store/sql.ts'
import { Addresses } from './addresses.ts'
import { watchRefusals } from './bursts.ts'
import { GrafanaUsers } from './grafana.ts'
import type { KeySettings } from './keys.ts'
import { Oidc } from './oidc.ts'
import { RateLimit } from './rate.ts'
import { AuditedReads, type FindAccount } from './reads.ts'
import { TokenBook, type TokenChange } from './token-book.ts'

export interface Access {
  oidc: Oidc | null
  grafana: GrafanaUsers | null
  rate: RateLimit | null
  /** Null where new addresses are not to be told. */
  addresses: Addresses | null
  reads: AuditedReads | null
  /** Pages of these origins may ask. */
  origins: readonly string[]
}

export interface Around {
  sql: Sql
  bus: Bus
  log: Pick<Logger, 'error'>
  /** Ids of the configured pools. */
  pools: readonly string[]
  account: FindAccount
  /** Paces of asking for keys, for tests. */
  keys?: Partial<KeySettings>
}

/** The file of tokens and everything beside it. */
export function openAccess(config: AdminConfig, around: Around): { tokens: TokenBook; access: Access } {
  const { sql, bus, log, pools, account, keys } = around
  const tokens = new TokenBook(config.tokensFile, (message) => log.error(message), {
    pools,
    onChange: (change) => void keepChange(change, sql, bus),
    onTrouble: (detail) =>
      detail === null ? bus.emit('tokens.readable', {}) : bus.emit('tokens.unreadable', { detail }),
  })
  // Lives as long as the bus does.
  watchRefusals(bus)
  return {
    tokens,
    access: {
      oidc: config.oidc && new Oidc(config.oidc, keys),
      grafana: config.grafana && new GrafanaUsers(config.grafana, keys),
      rate: config.rateLimit && new RateLimit(config.rateLimit),
      addresses: config.newAddresses === 'tell' ? new Addresses(sql, bus) : null,
      reads: new AuditedReads(sql, account),
      origins: config.corsOrigins,
    },
  }
}

/** Whoever changed the file did it beside the agent: who is not known, what and when is. */
async function keepChange(change: TokenChange, sql: Sql, bus: Bus): Promise<void> {
  const { added, removed, changed } = change
  bus.emit('tokens.changed', { added: added.length, removed: removed.length, changed: changed.length })
  const entry = { who: 'tokens-file', what: 'tokens.changed', pool: null, account: null, origin: bus.node }
  await sql
    .transaction((tx) => append(tx, { ...entry, outcome: 'done', data: { ...change } }, Date.now()))
    // The store has said so itself.
    .catch(() => {})
}
