// A statement is written once for both drivers: each gets the words that it understands, and every other word as it stands.

import { describe, expect, it } from 'vitest'
import { inDialect } from '../../../agent/store/statement.ts'

describe('rows that are kept to the end of the transaction', () => {
  const select = 'SELECT m.id FROM message m JOIN conversation c ON c.id = m.conversation WHERE m.pool = $1'

  it('FOR UPDATE is for PostgreSQL alone', () => {
    const words = `${select} FOR UPDATE`
    expect(inDialect(words, 'sqlite')).toBe(select)
    expect(inDialect(words, 'postgres')).toBe(words)
  })

  it.each([
    ['in a value', "SELECT 1 FROM message WHERE why = ' FOR UPDATE' AND id = $1"],
    ['before the end', 'SELECT id FROM (SELECT id FROM message FOR UPDATE) AS held'],
  ])('the same words %s are left alone', (_, statement) => {
    for (const driver of ['sqlite', 'postgres'] as const) expect(inDialect(statement, driver)).toBe(statement)
  })

  it('stand beside others that are not the same everywhere', () => {
    const both = "SELECT ASCII_LOWER(id), HOLD_SHARED('giving') FROM account FOR UPDATE"
    expect(inDialect(both, 'sqlite')).toBe('SELECT LOWER(id), 1 FROM account')
    expect(inDialect(both, 'postgres')).toMatch(
      /^SELECT LOWER\(id COLLATE "C"\), pg_advisory_xact_lock_shared\(.+\) FROM account FOR UPDATE$/,
    )
  })
})
