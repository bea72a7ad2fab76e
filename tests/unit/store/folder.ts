// A temporary folder that goes away with the test, and SQLite stores in it.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Bus } from '../../../agent/events.ts'
import type { Sql } from '../../../agent/store/sql.ts'
import { openSqlite } from '../../../agent/store/sqlite.ts'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'linda-store-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Opens the file; it is closed with the test, if not before. */
export function openFile(file: string, bus = new Bus('node-1')): Sql {
  const sql = openSqlite(file, bus)
  onTestFinished(() => sql.close())
  return sql
}
