// A disk that is full: a clear error, the data as it was, and everything as before when there is room again.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bus } from '../../agent/events.ts'
import { takeOwnership } from '../../agent/fleet/ownership.ts'
import { loadAuth } from '../../agent/session/auth-state.ts'
import { plainCipher } from '../../agent/store/cipher.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { StoreError } from '../../agent/store/sql.ts'
import { openSqlite } from '../../agent/store/sqlite.ts'

const disk = mkdtempSync(join(tmpdir(), 'linda-disk-'))
const mounted =
  process.getuid?.() === 0 && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]).status === 0

describe.skipIf(!mounted)('a full disk', () => {
  beforeAll(() => expect(mounted).toBe(true))
  afterAll(() => {
    spawnSync('umount', [disk])
    rmSync(disk, { recursive: true, force: true })
  })

  it('refuses the write, keeps what was there, and takes writes again when there is room', async () => {
    const sql = openSqlite(join(disk, 'linda.db'), new Bus('n'))
    await migrate(sql)
    const epoch = await takeOwnership(sql, 'a-1', 'n')
    const auth = await loadAuth({ sql, cipher: plainCipher, bus: new Bus('n'), account: 'a-1', epoch })
    await auth.keys.set({ session: { before: new Uint8Array([1]) } })
    let error: unknown
    for (let i = 0; i < 200 && !error; i++)
      error = await Promise.resolve(auth.keys.set({ session: { [`k${i}`]: new Uint8Array(20_000) } })).then(
        () => undefined,
        (e) => e,
      )
    expect(error).toBeInstanceOf(StoreError)
    expect(String(error)).toMatch(/full/)
    expect((await auth.keys.get('session', ['before'])).before).toEqual(Buffer.from([1]))
    const rows = await sql.query<{ name: string }>('SELECT name FROM auth ORDER BY name')
    await sql.query('DELETE FROM auth WHERE name LIKE $1', ['session:k%']).catch(() => [])
    await sql.close()
    // More room: the file opens, is whole, and holds what had been written.
    expect(spawnSync('mount', ['-o', 'remount,size=8m', disk]).status).toBe(0)
    const again = openSqlite(join(disk, 'linda.db'), new Bus('n'))
    expect(await again.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
    expect(rows.map(({ name }) => name)).toContain('session:before')
    const later = await loadAuth({
      sql: again,
      cipher: plainCipher,
      bus: new Bus('n'),
      account: 'a-1',
      epoch,
    })
    expect((await later.keys.get('session', ['before'])).before).toEqual(Buffer.from([1]))
    await later.keys.set({ session: { after: new Uint8Array([2]) } })
    await again.close()
  })

  it('refuses to start on a disk without room', async () => {
    const fill = () => writeFileSync(join(disk, 'ballast'), Buffer.alloc(16 * 1024 * 1024))
    expect(fill).toThrow(/ENOSPC/)
    const start = async (): Promise<void> => {
      const sql = openSqlite(join(disk, 'second.db'), new Bus('n'))
      await migrate(sql).finally(() => sql.close())
    }
    await expect(start()).rejects.toThrow(/full|no space/i)
  })
})
