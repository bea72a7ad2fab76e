// The accounts as the store knows them: the configured list is laid over it at start, and what is no longer listed is retired, never deleted.

import type { AccountConfig } from '../config/schema.ts'
import type { Bus } from '../events.ts'
import type { Queryable, Row, Sql } from '../store/sql.ts'

const fields = ['phone', 'pool', 'role', 'priority', 'weight', 'region'] as const
type Field = (typeof fields)[number]
type Stored = { id: string; node: string; retired: number } & Record<Field, string | number> & Row

interface Change {
  id: string
  what: 'created' | 'changed' | 'retired' | 'returned'
  fields: Field[]
}

/** Brings the store to the list in one transaction, then tells what changed. Rejects with StoreError. */
export async function applyAccounts(
  sql: Sql,
  bus: Bus,
  node: string,
  accounts: readonly AccountConfig[],
): Promise<void> {
  const changes = await sql.transaction(async (tx) => {
    const stored = new Map(
      (await tx.query<Stored>(`SELECT id, node, retired, ${fields.join(', ')} FROM account`)).map((row) => [
        row.id,
        row,
      ]),
    )
    const made: Change[] = []
    for (const account of accounts) {
      const change = compare(account, node, stored.get(account.id))
      stored.delete(account.id)
      if (!change) continue
      await write(tx, node, account)
      made.push(change)
    }
    for (const { id, node: listedBy, retired } of stored.values()) {
      // What another node lists is that node's to retire.
      if (retired || listedBy !== node) continue
      await tx.query('UPDATE account SET retired = 1, changed_at = $2 WHERE id = $1', [id, Date.now()])
      made.push({ id, what: 'retired', fields: [] })
    }
    return made
  })
  for (const { id, what, fields } of changes) bus.emit('account.listed', { what, fields }, { account: id })
}

function compare(account: AccountConfig, node: string, stored: Stored | undefined): Change | null {
  const { id } = account
  if (!stored) return { id, what: 'created', fields: [] }
  const differing = fields.filter((field) => String(stored[field]) !== String(account[field]))
  if (stored.retired) return { id, what: 'returned', fields: differing }
  return differing.length > 0 || stored.node !== node ? { id, what: 'changed', fields: differing } : null
}

async function write(tx: Queryable, node: string, account: AccountConfig): Promise<void> {
  const { id, phone, pool, role, priority, weight, region } = account
  await tx.query(
    `INSERT INTO account (id, node, phone, pool, role, priority, weight, region, retired, changed_at)
     VALUES ($1, $9, $2, $3, $4, $5, $6, $7, 0, $8)
     ON CONFLICT (id) DO UPDATE SET node = excluded.node, phone = excluded.phone, pool = excluded.pool, role = excluded.role,
       priority = excluded.priority, weight = excluded.weight, region = excluded.region, retired = 0,
       changed_at = excluded.changed_at`,
    [id, phone, pool, role, priority, String(weight), region, Date.now(), node],
  )
}
