// Whatever is done to the audit trail behind the agent's back, the agent finds it by itself, and says which row.

import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type AuditRow, append, genesis, hashOf } from '../../../agent/store/audit.ts'
import { keepAudit } from '../../../agent/store/audit-keeper.ts'
import { AuditSweep, type Look } from '../../../agent/store/audit-sweep.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import type { Sql } from '../../../agent/store/sql.ts'
import { until } from '../../harness/until.ts'
import { hear } from '../events/heard.ts'
import { openFile, temporaryFolder } from './folder.ts'

const undo: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const each of undo.splice(0)) await each()
})

async function trail(rows: number) {
  const heard = hear()
  const sql = openFile(join(temporaryFolder(), 'linda.db'), heard.bus)
  await migrate(sql)
  await add(sql, rows)
  return { ...heard, sql }
}

async function add(sql: Sql, rows: number): Promise<void> {
  const entry = {
    who: 'ops',
    what: 'mode.set',
    pool: null,
    account: 'uae-1',
    origin: 'api',
    outcome: 'done',
    data: {},
  }
  for (let i = 0; i < rows; i++) await sql.transaction((tx) => append(tx, entry, 1_000 + i))
}

/** Looks until something is broken or the whole was seen. */
async function walk(sweep: AuditSweep, sql: Sql): Promise<Look & { looks: number }> {
  for (let looks = 1; ; looks++) {
    const look = await sweep.look(sql)
    if (look.broken || look.whole) return { ...look, looks }
  }
}

/** Writes the trail anew from a row on, every hash and the head with it, as somebody could who knows how. */
async function forge(sql: Sql, from: number): Promise<void> {
  const rows = await sql.query<AuditRow>('SELECT * FROM audit ORDER BY seq')
  let previous = rows[from - 2]?.hash ?? genesis
  for (const row of rows.slice(from - 1)) {
    const body = { ...row, who: row.seq === from ? 'somebody else' : row.who, previous }
    const hash = hashOf(body)
    await sql.query('UPDATE audit SET who = $1, previous = $2, hash = $3 WHERE seq = $4', [
      body.who,
      previous,
      hash,
      row.seq,
    ])
    previous = hash
  }
  await sql.query('UPDATE audit_head SET hash = $1', [previous])
}

describe('a look', () => {
  it.each([0, 1, 9, 10, 11, 25])('of ten rows at a time comes to the end of %i rows', async (rows) => {
    const { sql } = await trail(rows)
    const sweep = new AuditSweep(10)
    const looks = Math.floor(rows / 10) + 1
    expect(await walk(sweep, sql)).toEqual({ broken: null, whole: true, rows, looks })
    // And begins again, with what came meanwhile.
    await add(sql, 3)
    expect(await walk(sweep, sql)).toMatchObject({ broken: null, rows: rows + 3 })
  })

  it('reads no more than its bound, however long the trail is', async () => {
    const { sql, of } = await trail(40)
    const sweep = new AuditSweep(10)
    const before = of('store.queried').length
    await sweep.look(sql)
    expect(of('store.queried').length - before).toBeLessThanOrEqual(3)
  })

  it.each<[string, string, object]>([
    ['a changed row', "UPDATE audit SET who = 'me' WHERE seq = 7", { seq: 7, what: 'changed' }],
    ['a row that is gone', 'DELETE FROM audit WHERE seq = 7', { seq: 7, what: 'missing' }],
    ['rows cut off the end', 'DELETE FROM audit WHERE seq > 20', { seq: 21, what: 'cut-off' }],
    [
      'a row before the first',
      'INSERT INTO audit SELECT -5, at, who, what, pool, account, origin, outcome, data, previous, hash FROM audit WHERE seq = 3',
      { seq: -5, what: 'inserted' },
    ],
    [
      'a row after the last',
      'INSERT INTO audit SELECT 99, at, who, what, pool, account, origin, outcome, data, previous, hash FROM audit WHERE seq = 3',
      { seq: 26, what: 'inserted' },
    ],
    ['a head that was put back', 'UPDATE audit_head SET seq = 20', { seq: 21, what: 'inserted' }],
    // What only SQLite takes for a number.
    [
      'a row without a number',
      'INSERT INTO audit SELECT NULL, at, who, what, pool, account, origin, outcome, data, previous, hash FROM audit WHERE seq = 3',
      { seq: 26, what: 'inserted' },
    ],
    ['a number that is a word', "UPDATE audit SET seq = 'last' WHERE seq = 25", { seq: 25, what: 'cut-off' }],
    ['a number between two', 'UPDATE audit SET seq = 7.5 WHERE seq = 7', { seq: 7, what: 'changed' }],
    ['a time that is a word', "UPDATE audit SET at = 'noon' WHERE seq = 7", { seq: 7, what: 'changed' }],
    ['a time with a fraction', 'UPDATE audit SET at = at + 0.5 WHERE seq = 7', { seq: 7, what: 'changed' }],
    ['bytes for a name', "UPDATE audit SET who = x'6f7073' WHERE seq = 7", { seq: 7, what: 'changed' }],
    [
      'a name that goes on behind a NUL',
      "UPDATE audit SET who = 'ops' || char(0) || 'x' WHERE seq = 7",
      { seq: 7, what: 'changed' },
    ],
    [
      'an end that no number of ours can be',
      'UPDATE audit_head SET seq = 1e300',
      { seq: 26, what: 'cut-off' },
    ],
  ])('finds %s', async (_, statement, broken) => {
    const { sql } = await trail(25)
    await sql.query(statement)
    expect(await walk(new AuditSweep(10), sql)).toMatchObject({ broken })
  })

  it('finds a trail that was written anew, which no proof from the rows alone could', async () => {
    const { sql } = await trail(25)
    const sweep = new AuditSweep(10)
    await walk(sweep, sql)
    await forge(sql, 12)
    expect(await walk(new AuditSweep(10), sql)).toMatchObject({ broken: null })
    expect(await walk(sweep, sql)).toMatchObject({ broken: { seq: 25, what: 'changed' } })
  })

  it('finds that a part of it was taken away together with its head', async () => {
    const { sql } = await trail(25)
    const sweep = new AuditSweep(10)
    await walk(sweep, sql)
    await sql.query('DELETE FROM audit WHERE seq > 20')
    await sql.query('UPDATE audit_head SET seq = 20, hash = (SELECT hash FROM audit WHERE seq = 20)')
    expect(await walk(sweep, sql)).toMatchObject({ broken: { seq: 21, what: 'cut-off' } })
  })

  it('looks at what is new at once, wherever the walk is', async () => {
    const { sql } = await trail(35)
    const sweep = new AuditSweep(10)
    await walk(sweep, sql)
    await sweep.look(sql)
    await add(sql, 3)
    await sql.query("UPDATE audit SET who = 'me' WHERE seq = 37")
    expect(await sweep.look(sql)).toEqual({ broken: { seq: 37, what: 'changed' } })
  })
})

describe('the agent', () => {
  it('says once which row was changed, and that all is well when it was put right', async () => {
    const { sql, bus, of } = await trail(25)
    undo.push(keepAudit(sql, bus, 10, 10))
    await until('it was proved', () => of('audit.proved').length > 0)
    await sql.query("UPDATE audit SET who = 'me' WHERE seq = 7")
    await until('it was found', () => of('audit.broken').length > 0)
    const proved = of('audit.proved').length
    await sql.query("UPDATE audit SET who = 'ops' WHERE seq = 7")
    await until('it is well again', () => of('audit.proved').length > proved)
    expect(of('audit.broken')).toMatchObject([{ seq: 7, what: 'changed' }])
  })

  it('says once that it cannot read the trail, and every time that it could', async () => {
    const { sql, bus, of } = await trail(3)
    await sql.query('ALTER TABLE audit RENAME TO gone')
    undo.push(keepAudit(sql, bus, 10, 10))
    await until('it has tried twice', () => of('store.failed').length > 1)
    expect(of('audit.unread')).toMatchObject([{ detail: expect.stringContaining('audit') }])
    expect(of('audit.looked')).toEqual([])
    await sql.query('ALTER TABLE gone RENAME TO audit')
    await until('it could', () => of('audit.looked').length > 1)
    expect(of('audit.unread')).toHaveLength(1)
  })
})
