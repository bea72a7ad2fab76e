// A restore that is killed leaves a store that is empty or complete, and never anything between.

import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Bus } from '../../agent/events.ts'
import { readTables } from '../../agent/store/identity.ts'
import { openStore } from '../../agent/store/open.ts'
import { runLinda } from '../harness/agent-process.ts'
import { type Command, killedAtMoments, undisturbed } from '../harness/kill-at.ts'
import { type Driver, onBothDrivers } from './drivers.ts'
import { type Fixture, MOMENTS, makeFixture, WITHIN_MS } from './killed.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await makeFixture({ accounts: 400, rowsEach: 4 })
})
afterAll(() => fixture.remove())

onBothDrivers((driver) => {
  it(
    'leaves nothing or everything, and what is asked next is answered accordingly',
    async () => {
      const command = async (): Promise<Command> => {
        const url = await driver.url()
        return { args: ['restore', fixture.backup], cwd: fixture.folder, env: fixture.env(url), url }
      }
      const model = await command()
      const tookMs = await undisturbed(model)
      const whole = await contents(driver, model.url)
      expect(whole).not.toBe('empty')
      const empty: Command[] = []
      const killed = await killedAtMoments(MOMENTS, tookMs, async (kill) => {
        const one = await command()
        await kill(one)
        const left = await contents(driver, one.url)
        expect(['empty', whole]).toContain(left)
        if (left === 'empty') empty.push(one)
      })
      expect(killed).toBeGreaterThan(1)
      // Of those that were left empty the last one came furthest.
      const last = empty.at(-1)
      if (last) {
        await undisturbed(last)
        expect(await contents(driver, last.url)).toBe(whole)
      }
      const again = runLinda(model.args, model.cwd, model.env)
      expect(await again.ended).not.toBe(0)
      expect(again.printed()).toContain('the store is not empty')
      expect(await contents(driver, model.url)).toBe(whole)
    },
    WITHIN_MS,
  )
})

const kept = ['account', 'auth', 'data_key', 'event', 'master_key', 'ownership']

/** `empty`, or a hash over every row of what a backup has. */
async function contents(driver: Driver, url: string): Promise<string> {
  const sql = await openStore(url, new Bus('test'))
  try {
    const present = await sql.transaction((tx) => readTables(tx, driver.name))
    const hash = createHash('sha256')
    let rows = 0
    for (const table of kept.filter((name) => present.has(name)))
      for (const row of await sql.query(`SELECT * FROM ${table} ORDER BY 1, 2`)) {
        rows += 1
        hash.update(
          JSON.stringify(row, (_, v) => (v instanceof Uint8Array ? Buffer.from(v).toString('hex') : v)),
        )
      }
    return rows === 0 ? 'empty' : hash.digest('hex')
  } finally {
    await sql.close()
  }
}
