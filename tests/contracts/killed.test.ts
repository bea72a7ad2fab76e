// A first start and a rotation of the master key that are killed leave the store as it was or as it was to be, never between.

import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Bus } from '../../agent/events.ts'
import { readTables } from '../../agent/store/identity.ts'
import { openStore } from '../../agent/store/open.ts'
import { ownTables, schemaVersion } from '../../agent/store/schema.ts'
import { openWith } from '../../agent/store/seal.ts'
import { runLinda } from '../harness/agent-process.ts'
import { type Command, killedAt, killedAtMoments, undisturbed } from '../harness/kill-at.ts'
import { type Driver, onBothDrivers } from './drivers.ts'
import { type Fixture, firstKey, MOMENTS, makeFixture, WITHIN_MS } from './killed.ts'

/** Opening a store, the schema, the master key and the accounts; the schema is a part of it, and on PostgreSQL it takes longer. */
const FIRST_START_MS = 120

let fixture: Fixture
beforeAll(async () => {
  fixture = await makeFixture({ accounts: 1_000, rowsEach: 1 })
})
afterAll(() => fixture.remove())

onBothDrivers((driver) => {
  it(
    'a first start leaves no schema or all of it, and the next start works',
    async () => {
      const states = new Set<string>()
      for (let moment = 0; moment < MOMENTS; moment++) {
        const url = await driver.url()
        const command: Command = { args: ['run'], cwd: fixture.folder, env: fixture.env(url), url }
        expect(await killedAt(command, (FIRST_START_MS * moment) / MOMENTS)).toMatchObject({ killed: true })
        const state = await schemaOf(driver, url)
        expect(['none', 'whole']).toContain(state)
        // One start for each state that was left.
        if (!states.has(state)) await startsAndStops(command)
        states.add(state)
      }
    },
    WITHIN_MS,
  )

  it(
    'a rotation leaves every data key under one master key, the old one or the new one',
    async () => {
      const { folder, env, backup } = fixture
      const url = await driver.url()
      await undisturbed({ args: ['restore', backup], cwd: folder, env: env(url), url })
      let key = firstKey
      const rotation = (name: string): { to: string; command: Command } => {
        const file = join(folder, `${driver.name}-${name}.key`)
        const to = randomBytes(32).toString('hex')
        writeFileSync(file, to)
        const command = { args: ['keys', 'rotate', file], cwd: folder, env: env(url, key), url }
        return { to, command }
      }
      const first = rotation('first')
      const tookMs = await undisturbed(first.command)
      expect(await openedBy(url, [key, first.to])).toEqual([0, fixture.accounts.length])
      key = first.to
      const killed = await killedAtMoments(MOMENTS, tookMs, async (kill, moment) => {
        const { to, command } = rotation(`${moment}`)
        await kill(command)
        const [old, fresh] = await openedBy(url, [key, to])
        expect([old, fresh].sort()).toEqual([0, fixture.accounts.length])
        if (fresh) key = to
      })
      expect(killed).toBeGreaterThan(1)
      const last = rotation('last')
      await undisturbed(last.command)
      expect(await openedBy(url, [key, last.to])).toEqual([0, fixture.accounts.length])
    },
    WITHIN_MS,
  )
})

async function schemaOf(driver: Driver, url: string): Promise<string> {
  const sql = await openStore(url, new Bus('test'))
  try {
    const tables = [...(await sql.transaction((tx) => readTables(tx, driver.name))).keys()].sort()
    if (tables.length === 0) return 'none'
    const missing = [...ownTables, 'schema_version'].filter((name) => !tables.includes(name))
    const rows = await sql.query('SELECT version FROM schema_version')
    const marked = rows.length === 1 && rows[0]?.version === schemaVersion
    return missing.length === 0 && marked ? 'whole' : `without ${missing}, marked ${JSON.stringify(rows)}`
  } finally {
    await sql.close()
  }
}

async function startsAndStops({ args, cwd, env }: Command): Promise<void> {
  const agent = runLinda(args, cwd, env)
  await agent.listening()
  agent.child.kill('SIGTERM')
  expect(await agent.ended).toBe(0)
}

/** How many data keys each of the master keys opens. */
async function openedBy(url: string, keys: readonly string[]): Promise<number[]> {
  const sql = await openStore(url, new Bus('test'))
  try {
    const rows = await sql.query<{ account: string; wrapped: Uint8Array }>(
      'SELECT account, wrapped FROM data_key',
    )
    const opens = (key: string) => (row: (typeof rows)[number]) => {
      try {
        return openWith(Buffer.from(key, 'hex'), `data key of ${row.account}`, row.wrapped).length === 32
      } catch {
        return false
      }
    }
    return keys.map((key) => rows.filter(opens(key)).length)
  } finally {
    await sql.close()
  }
}
