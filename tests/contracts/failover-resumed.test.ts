// A failover that is gone on with after a restart looks again: where a soft fault has passed and nothing was moved, it is called off.

import { expect, it } from 'vitest'
import { type Failover, listFailovers } from '../../agent/fleet/failover/rows.ts'
import type { RunnerParts } from '../../agent/fleet/failover/runner.ts'
import type { Sql } from '../../agent/store/sql.ts'
import { candidate } from '../unit/routing/pool.ts'
import { onBothDrivers } from './drivers.ts'
import { accounts, holders, openFilled, type Staged, stage } from './failover/stage.ts'

const soft = { cause: 'zombie', hard: false } as const
/** Where the process is stopped, and how far the failover had come by then. */
const stops = ['detected', 'fenced', 'chosen'] as const
type Stop = (typeof stops)[number]

/** The session of p-1 is up again, or not yet. */
const withFirst = (usable: boolean): Partial<RunnerParts> => ({
  candidates: () =>
    accounts.map((account) =>
      candidate(account, account === 'p-1' ? { usable } : { role: 'backup', usable: true }),
    ),
})

onBothDrivers((driver) => {
  const last = async (sql: Sql): Promise<Failover> => (await listFailovers(sql, { limit: 1 }))[0] as Failover
  const mode = async (sql: Sql) =>
    (await sql.query("SELECT mode, failovers FROM account_mode WHERE account = 'p-1'"))[0]
  const stepsOf = ({ data }: Failover): string[] => data.steps.map(({ state }) => state)

  /** A failover of p-1 whose process was stopped right after that step. */
  const stoppedAt = async (sql: Sql, stop: Stop, asked: Parameters<Staged['strike']>[0]): Promise<void> => {
    const staged = stage(sql, {
      hooks: {
        // Asked of something that does not answer before the stop.
        before: (_, over) =>
          stop === 'detected'
            ? new Promise((resolve) => over.addEventListener('abort', () => resolve(null)))
            : Promise.resolve(null),
        after: async () => {},
      },
    })
    staged.bus.on('failover.step', ({ state }) => {
      if (state === stop) void staged.runner.stop()
    })
    await staged.strike(asked)
    if (stop === 'detected') await staged.runner.stop()
    await staged.idle()
    expect(await last(sql)).toMatchObject({ state: stop, open: true, data: { holder: 'p-1' } })
  }
  const resumed = async (sql: Sql, parts: Partial<RunnerParts>): Promise<Failover> => {
    const staged = stage(sql, parts)
    await staged.resume()
    await staged.idle()
    return last(sql)
  }

  it.each(stops)('for a soft fault that has passed meanwhile: called off (stopped at %s)', async (stop) => {
    const sql = await openFilled(driver)
    const before = await holders(sql)
    await stoppedAt(sql, stop, soft)
    const f = await resumed(sql, withFirst(true))
    expect(f).toMatchObject({ state: 'rolled-back', open: false, data: { moved: 0 } })
    expect(f.data.steps.at(-1)).toMatchObject({ note: 'it is well again' })
    // Fenced all the same: what was accepted meanwhile went to others.
    expect(stepsOf(f)).toContain('fenced')
    expect(await mode(sql)).toMatchObject({ mode: 'up', failovers: 0 })
    expect(await holders(sql)).toEqual(before)
  })

  it.each([
    ['a soft fault that has not passed', soft, false],
    ['a hard fault', { cause: 'banned', hard: true }, true],
    ['a person who asked', { kind: 'forced', cause: 'asked', hard: false }, true],
  ] as const)('for %s: gone on with (stopped at any step)', async (_, asked, usable) => {
    for (const stop of stops) {
      const sql = await openFilled(driver)
      await stoppedAt(sql, stop, asked)
      const f = await resumed(sql, withFirst(usable))
      expect(f).toMatchObject({ state: 'active', chosen: 'p-2' })
      expect(await mode(sql)).toMatchObject({ mode: 'out' })
      expect(await holders(sql)).toMatchObject({ queued: 'p-2/p-2/queued' })
    }
  })

  it('for a soft fault that has passed after its work had moved: gone on with', async () => {
    const sql = await openFilled(driver)
    const staged = stage(sql)
    staged.bus.on('failover.step', ({ state, to }) => {
      if (state === 'transferred') staged.dead.add('p-2')
      if (state === 'chosen' && to === 'p-3') void staged.runner.stop()
    })
    await staged.strike(soft)
    await staged.idle()
    expect(await last(sql)).toMatchObject({ state: 'chosen', chosen: 'p-3', data: { holder: 'p-2' } })
    expect(await resumed(sql, withFirst(true))).toMatchObject({ state: 'active', chosen: 'p-3' })
    expect(await holders(sql)).toMatchObject({ queued: 'p-3/p-3/queued' })
  })

  it('for a soft fault that passes while nobody was stopped: gone on with, as somebody lives', async () => {
    const sql = await openFilled(driver)
    const staged = stage(sql, withFirst(true))
    await staged.strike(soft)
    await staged.idle()
    expect(await last(sql)).toMatchObject({ state: 'active', chosen: 'p-2' })
  })
})
