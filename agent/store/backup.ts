// A backup is one file of JSON lines that either database can be restored from: a header, every row, and a last line that proves it whole.

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { z } from 'zod'
import { readTables } from './identity.ts'
import { migrate, schemaVersion } from './migrations.ts'
import type { Queryable, Row, Sql, Value } from './sql.ts'
import { StoreError } from './sql.ts'

/** Every table with its primary key, by which it is read in pages; `standing` is what running nodes say of the present moment. */
export const tables: Readonly<Record<string, readonly string[]>> = {
  account: ['id'],
  ownership: ['account'],
  master_key: ['one'],
  data_key: ['account'],
  auth: ['account', 'name'],
  decrypted: ['account', 'hash'],
  event: ['id'],
  health_count: ['account', 'begins'],
  conversation: ['id'],
  message: ['id'],
  inbound: ['id'],
  webhook_delivery: ['id'],
  webhook_lane: ['webhook', 'lane'],
  account_age: ['account'],
  account_mode: ['account'],
  routing_setting: ['scope', 'id', 'name'],
  failover: ['id'],
  report_run: ['type'],
  token_address: ['token', 'address'],
  audit: ['seq'],
  audit_head: ['one'],
}
const PAGE = 500
/**
 * What a restore adds to every epoch: more than there can have been starts since the backup, so that an agent which was only frozen
 * meanwhile holds an epoch that is over.
 */
export const epochsAhead = 1_000_000

const headerSchema = z.strictObject({
  app: z.literal('linda'),
  format: z.literal(1),
  schema: z.number().int().min(1),
  at: z.string(),
})
const bytes = z.strictObject({ b64: z.base64() })
const value = z.union([z.string(), z.number(), z.null(), bytes])
const rowSchema = z.strictObject({ table: z.string(), row: z.record(z.string(), value) })
const endSchema = z.strictObject({ rows: z.number().int(), sha256: z.string() })

/**
 * The lines of a backup, each with its line feed, as of one moment: the store is read in one transaction. Sealed values stay
 * sealed; what is in clear in the store (phones, and everything with store.encryption: off) is in clear here.
 * @param write may take its time; the transaction waits for it
 */
export async function dump(sql: Sql, write: (line: string) => Promise<void>): Promise<number> {
  let begun = false
  return sql.transaction(
    async (tx) => {
      // What was written cannot be taken back: a repetition would put a second backup behind the first.
      if (begun) throw new StoreError('the store was too busy for a backup of one moment; try again')
      begun = true
      const hash = createHash('sha256')
      let rows = 0
      const put = async (line: object): Promise<void> => {
        const text = `${JSON.stringify(line)}\n`
        hash.update(text)
        await write(text)
      }
      await put({ app: 'linda', format: 1, schema: schemaVersion, at: new Date().toISOString() })
      for (const [table, key] of Object.entries(tables))
        for await (const row of pages(tx, table, key)) {
          rows += 1
          await put({
            table,
            row: Object.fromEntries(Object.entries(row).map(([name, v]) => [name, encode(v)])),
          })
        }
      await write(`${JSON.stringify({ rows, sha256: hash.digest('hex') })}\n`)
      return rows
    },
    { lock: 'backup', serial: true, withinMs: 30 * 60_000 },
  )
}

/** Dumps into a stream and ends it, no faster than it takes the lines. Rejects as the store or the stream does. */
export async function dumpTo(sql: Sql, out: Writable): Promise<number> {
  const broken = finished(out)
  broken.catch(() => {})
  const rows = await dump(sql, async (line) => {
    if (out.errored) throw out.errored
    if (!out.write(line)) await Promise.race([once(out, 'drain'), broken])
  })
  out.end()
  await broken
  return rows
}

async function* pages(tx: Queryable, table: string, key: readonly string[]): AsyncGenerator<Row> {
  const order = key.join(', ')
  let after: Value[] | null = null
  for (;;) {
    const places = key.map((_, i) => `$${i + 1}`).join(', ')
    const where: string = after === null ? '' : `WHERE (${order}) > (${places})`
    const page: Row[] = await tx.query(
      `SELECT * FROM ${table} ${where} ORDER BY ${order} LIMIT ${PAGE}`,
      after ?? [],
    )
    yield* page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = key.map((name) => last[name] ?? null)
  }
}

/**
 * Fills an empty store from the lines of a backup: all of it or nothing. Rejects with StoreError when the store holds anything, the
 * backup comes from a newer version, or a byte of it is missing or changed.
 * @returns the number of rows
 */
export async function load(sql: Sql, lines: AsyncIterable<string>): Promise<number> {
  const iterator = lines[Symbol.asyncIterator]()
  const first = await iterator.next()
  const header = headerSchema.safeParse(parse(first.done ? '' : first.value))
  if (!header.success) throw new StoreError('this is no backup of Linda: its first line is not a header')
  const { schema } = header.data
  if (schema > schemaVersion)
    throw new StoreError(
      `the backup has schema ${schema}, this version knows up to ${schemaVersion}; use a newer version`,
    )
  await sql.transaction((tx) => refuseFilled(tx, sql.driver))
  await migrate(sql, schema)
  const rows = await sql.transaction(
    async (tx) => {
      await refuseFilled(tx, sql.driver)
      const rows = await fill(tx, `${first.value}\n`, { [Symbol.asyncIterator]: () => iterator })
      await tx.query('UPDATE ownership SET epoch = epoch + $1', [epochsAhead])
      return rows
    },
    // That of the migrations: an agent that starts meanwhile waits with its own.
    { lock: 'migrate', withinMs: 30 * 60_000 },
  )
  await migrate(sql)
  return rows
}

async function fill(tx: Queryable, header: string, lines: AsyncIterable<string>): Promise<number> {
  const hash = createHash('sha256').update(header)
  let rows = 0
  for await (const line of lines) {
    const parsed = parse(line)
    const end = endSchema.safeParse(parsed)
    if (end.success) {
      if (end.data.rows !== rows || end.data.sha256 !== hash.digest('hex'))
        throw new StoreError('the backup is not whole: its last line does not fit what stands before it')
      // Read on to the end of the file: what is wrong with it shows there, and nothing may follow.
      for await (const more of lines)
        throw new StoreError(`the backup goes on behind its last line: ${more.slice(0, 20)}`)
      return rows
    }
    const row = rowSchema.safeParse(parsed)
    if (!row.success || !(row.data.table in tables))
      throw new StoreError(`row ${rows + 1} of the backup is damaged`)
    hash.update(`${line}\n`)
    const names = Object.keys(row.data.row)
    // Column names come from the file: anything but a plain name is no column of ours.
    if (!names.every((name) => /^[a-z_]+$/.test(name)))
      throw new StoreError(`row ${rows + 1} of the backup is damaged`)
    const places = names.map((_, i) => `$${i + 1}`).join(', ')
    const values = Object.values(row.data.row).map(decode)
    await tx.query(`INSERT INTO ${row.data.table} (${names.join(', ')}) VALUES (${places})`, values)
    rows += 1
  }
  throw new StoreError('the backup is not whole: it ends before its last line')
}

async function refuseFilled(tx: Queryable, driver: Sql['driver']): Promise<void> {
  const present = await readTables(tx, driver)
  for (const table of Object.keys(tables)) {
    if (!present.has(table)) continue
    const [row] = await tx.query(`SELECT 1 AS one FROM ${table} LIMIT 1`)
    if (row)
      throw new StoreError('the store is not empty; restore into a fresh one and point store.url at it')
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

function encode(v: Value): unknown {
  if (v instanceof Uint8Array) return { b64: Buffer.from(v).toString('base64') }
  return typeof v === 'bigint' ? Number(v) : v
}

function decode(v: z.infer<typeof value>): Value {
  return typeof v === 'object' && v !== null ? new Uint8Array(Buffer.from(v.b64, 'base64')) : v
}
