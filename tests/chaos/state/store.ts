// The store of a chaos run: a file or a real PostgreSQL, seeded with linked accounts, and asked whether it is whole.

import { BufferJSON } from '@whiskeysockets/baileys'
import { Bus } from '../../../agent/events.ts'
import { takeOwnership } from '../../../agent/fleet/ownership.ts'
import { loadAuth } from '../../../agent/session/auth-state.ts'
import { envelopeCipher } from '../../../agent/store/cipher.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import { openStore } from '../../../agent/store/open.ts'
import type { Sql } from '../../../agent/store/sql.ts'
import type { PostgresServer } from '../../harness/postgres.ts'
import type { NewAccount } from '../../simulator/index.ts'

export const masterKey = 'c5'.repeat(32)
const master = Buffer.from(masterKey, 'hex')

/** Opens the store for the time of one question. On SQLite the agent must not run meanwhile. */
export async function ask<T>(url: string, question: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = await openStore(url, new Bus('chaos'))
  try {
    return await question(sql)
  } finally {
    await sql.close()
  }
}

/** Puts the credentials of linked accounts in, as an earlier run of the agent would have left them. */
export async function seedStore(
  url: string,
  accounts: readonly { id: string; linked: NewAccount }[],
): Promise<void> {
  const revive = <T>(value: unknown): T => JSON.parse(JSON.stringify(value), BufferJSON.reviver) as T
  await ask(url, async (sql) => {
    await migrate(sql)
    const cipher = envelopeCipher(sql, master)
    for (const { id, linked } of accounts) {
      const epoch = await takeOwnership(sql, id, 'seed')
      const auth = await loadAuth({ sql, cipher, bus: new Bus('chaos'), account: id, epoch })
      auth.creds = revive(linked.creds)
      await auth.keys.set(revive(linked.keys))
      auth.saveCreds()
      await auth.flush()
    }
  })
}

/** WhatsApp's ids of the messages that came in and are there, and how many were decrypted and did not become one. */
export function inboundIn(url: string): Promise<{ kept: Set<string>; leftOver: number }> {
  return ask(url, async (sql) => ({
    kept: new Set((await sql.query<{ wa_id: string }>('SELECT wa_id FROM inbound')).map((row) => row.wa_id)),
    leftOver: (await sql.query('SELECT hash FROM decrypted')).length,
  }))
}

/** What is wrong with the store, in words: with the database's own structures, and with every value in it. */
export async function damage(
  url: string,
  accounts: readonly string[],
  postgres: PostgresServer | null,
): Promise<string[]> {
  const structures = postgres ? await damagedRelations(url, postgres) : await ask(url, damagedFile)
  return [...structures, ...(await ask(url, (sql) => unreadableRows(sql, accounts)))]
}

async function damagedFile(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ integrity_check: string }>('PRAGMA integrity_check')
  return rows.map(({ integrity_check }) => integrity_check).filter((said) => said !== 'ok')
}

/** Every B-tree against itself and against its table, and every table's pages. The extension comes with Debian's server package. */
const amcheck = `DO $$
  DECLARE each regclass;
  BEGIN
    FOR each IN SELECT c.oid FROM pg_class c JOIN pg_am a ON a.oid = c.relam
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'i' AND a.amname = 'btree'
    LOOP PERFORM bt_index_check(each, true); END LOOP;
    FOR each IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    LOOP
      IF EXISTS (SELECT 1 FROM verify_heapam(each)) THEN RAISE EXCEPTION 'table % is damaged', each; END IF;
    END LOOP;
  END $$`

async function damagedRelations(url: string, postgres: PostgresServer): Promise<string[]> {
  await postgres.adminIn(url, 'CREATE EXTENSION IF NOT EXISTS amcheck')
  return postgres.adminIn(url, amcheck).then(
    () => [],
    (error: Error) => [error.message],
  )
}

/** Rows of auth that do not open under the master key or hold no JSON, and accounts without credentials. */
async function unreadableRows(sql: Sql, accounts: readonly string[]): Promise<string[]> {
  const cipher = envelopeCipher(sql, master)
  const rows = await sql.query<{ account: string; name: string; value: Uint8Array }>(
    'SELECT account, name, value FROM auth ORDER BY account, name',
  )
  const found: string[] = []
  for (const { account, name, value } of rows)
    try {
      JSON.parse(Buffer.from(await cipher.open(account, name, value)).toString('utf8'), BufferJSON.reviver)
    } catch (error) {
      // Of a text that is no JSON the parser quotes the beginning, which is a secret.
      const why = error instanceof SyntaxError ? 'it holds no JSON' : (error as Error).message
      found.push(`row ${account}/${name}: ${why}`)
    }
  const whole = new Set(rows.flatMap(({ account, name }) => (name === 'creds' ? [account] : [])))
  return [...found, ...accounts.filter((id) => !whole.has(id)).map((id) => `${id} has no credentials`)]
}
