// The rows of what an account has decrypted, as statements of the transaction that they are written in.

import type { Queryable } from './sql.ts'

/** Names in one statement. */
const AT_ONCE = 64

export interface DecryptedRow {
  /** SHA-256 of the ciphertext, in hexadecimal. */
  hash: string
  /** Milliseconds since the epoch. */
  openedAt: number
  value: Uint8Array
}

/** Where a value is sealed for, as the cipher's name of the place. */
export const placeOf = (hash: string): string => `decrypted/${hash}`

export async function insertDecrypted(
  tx: Queryable,
  account: string,
  epoch: number,
  { hash, openedAt, value }: DecryptedRow,
): Promise<void> {
  await tx.query(
    `INSERT INTO decrypted (account, hash, value, epoch, opened_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (account, hash) DO NOTHING`,
    [account, hash, value, epoch, openedAt],
  )
}

export async function deleteDecrypted(
  tx: Queryable,
  account: string,
  hashes: readonly string[],
): Promise<void> {
  for (let i = 0; i < hashes.length; i += AT_ONCE) {
    const some = hashes.slice(i, i + AT_ONCE)
    const places = some.map((_, n) => `$${n + 2}`).join(', ')
    await tx.query(`DELETE FROM decrypted WHERE account = $1 AND hash IN (${places})`, [account, ...some])
  }
}

/** The oldest first. */
export async function readDecrypted(sql: Queryable, account: string): Promise<DecryptedRow[]> {
  const rows = await sql.query<{ hash: string; value: Uint8Array; opened_at: number }>(
    'SELECT hash, value, opened_at FROM decrypted WHERE account = $1 ORDER BY opened_at, hash',
    [account],
  )
  return rows.map(({ hash, value, opened_at }) => ({ hash, value, openedAt: Number(opened_at) }))
}

export async function readOneDecrypted(
  sql: Queryable,
  account: string,
  hash: string,
): Promise<Uint8Array | undefined> {
  const [row] = await sql.query<{ value: Uint8Array }>(
    'SELECT value FROM decrypted WHERE account = $1 AND hash = $2',
    [account, hash],
  )
  return row?.value
}
