// An agent that is killed at any moment while it accepts and sends: what it accepted is sent or still there, under one id, in its order.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Bus } from '../../agent/events.ts'
import type { MessageRow } from '../../agent/outbox/row.ts'
import { openStore } from '../../agent/store/open.ts'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { type LedgerLine, sendingPath } from './outbox/killed-agent.ts'

/** Kills on each database: some 20 s together, most of it the start of Node.js. */
const KILLS = 12
/** The moment of a kill after the first accepted message, in milliseconds; many are right at the beginning, when the rest of the last run is repeated. */
const momentOf = (kill: number): number => (kill * kill * 250) / (KILLS * KILLS)

const program = join(import.meta.dirname, 'outbox/killed-agent.ts')
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'linda-outbox-killed-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs it until some moment after its first accepted message; answers the ids that it said were accepted. */
async function killed(url: string, ledger: string, kill: number): Promise<string[]> {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') }
  const child = spawn(process.execPath, [program, url, ledger, `r${kill}`], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  let complained = ''
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    complained += chunk.toString()
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const began = () => printed !== '' || child.exitCode !== null
  await until(() => `it accepts; ${complained}`, began, 20_000)
  if (child.exitCode !== null) throw new Error(complained)
  await sleep(momentOf(kill))
  child.kill('SIGKILL')
  await ended
  // A line that was cut off in its middle was written after the commit all the same.
  return printed
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((id) => id.length === 36)
}

onBothDrivers((driver) => {
  it('loses nothing, sends nothing under two ids, and keeps the order', async () => {
    const url = await driver.url()
    const ledger = join(folder, `${driver.name}.jsonl`)
    const accepted: string[] = []
    for (let kill = 0; kill < KILLS; kill++) accepted.push(...(await killed(url, ledger, kill)))
    expect(accepted.length).toBeGreaterThan(KILLS)

    const { path, close } = await sendingPath(url, ledger)
    await until(
      'the last run sends the rest',
      async () => {
        await path.look()
        return path.outbox.size.total === 0
      },
      30_000,
    )
    await close()
    const sql = await openStore(url, new Bus('test'))
    const rows = await sql.query<MessageRow>('SELECT * FROM message ORDER BY conversation, seq')
    await sql.close()
    const lines = readFileSync(ledger, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LedgerLine)

    const there = new Set(rows.map(({ id }) => id))
    expect(accepted.filter((id) => !there.has(id))).toEqual([])
    expect(rows.filter(({ state }) => state !== 'acked')).toEqual([])
    const written = new Set(lines.map(({ id }) => id))
    expect(rows.filter(({ wa_id }) => !written.has(wa_id))).toEqual([])
    expect(written.size).toBe(rows.length)
    expect(new Set(lines.map(({ text }) => text)).size).toBe(rows.length)
    // Some were repeated, or the kills hit nothing.
    expect(lines.length).toBeGreaterThan(rows.length)
    const seqs = new Map(rows.map(({ wa_id, seq }) => [wa_id, seq]))
    for (const to of new Set(lines.map((line) => line.to))) {
      const firsts = [...new Set(lines.filter((line) => line.to === to).map(({ id }) => id))]
      const order = firsts.map((id) => seqs.get(id) as number)
      expect(order).toEqual(order.toSorted((a, b) => a - b))
    }
  }, 120_000)
})
