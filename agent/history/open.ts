// Which history there is follows from the configuration; a mistake in it ends the start, a server that is away does not.

import { readFileSync } from 'node:fs'
import type { Config } from '../config/schema.ts'
import type { Bus } from '../events.ts'
import type { Sql } from '../store/sql.ts'
import { embeddedHistory } from './embedded.ts'
import { InfluxHistory } from './influx.ts'
import { type History, HistoryError } from './port.ts'

/** Throws HistoryError when the password file cannot be read. Nothing is waited for. */
export function openHistory({ influx, retentionMs }: Config['history'], sql: Sql, bus: Bus): History {
  if (influx === null) return embeddedHistory(sql)
  const { passwordFile, ...place } = influx
  const password = passwordFile === null ? null : readPassword(passwordFile)
  return new InfluxHistory({ ...place, password, retentionMs }, bus)
}

function readPassword(file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new HistoryError(`history.influx.password_file: cannot read ${file} (${(error as Error).message})`)
  }
  // Editors end a file with a newline.
  const password = text.replace(/\r?\n$/, '')
  if (password === '') throw new HistoryError(`history.influx.password_file: ${file} is empty`)
  return password
}
