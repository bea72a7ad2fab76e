// A failover while everything else goes on: answers that get lost, people who decide meanwhile, targets that fail too, and a stop in the middle.

import { expect, it } from 'vitest'
import { type Failover, listFailovers } from '../../agent/fleet/failover/rows.ts'
import { verify } from '../../agent/store/audit-check.ts'
import { type Sql, StoreError } from '../../agent/store/sql.ts'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { openFilled, stage } from './failover/stage.ts'

const steps = ['detected', 'fenced', 'chosen', 'transferred', 'activating', 'active'] as const

/** A store whose answer gets lost once, after the commit of the step to `state`. */
function losing(sql: Sql, state: string): Sql {
  let lost = false
  return {
    driver: sql.driver,
    query: (text, params) => sql.query(text, params),
    notify: (channel, payload) => sql.notify(channel, payload),
    listen: (channel, heard) => sql.listen(channel, heard),
    close: () => sql.close(),
    async transaction(work, options) {
      let reached = false
      const result = await sql.transaction((tx) => {
        const query: typeof tx.query = (text, params) => {
          if (/(INSERT INTO|UPDATE) failover/.test(text) && params?.includes(state)) reached = true
          return tx.query(text, params)
        }
        return work({ notify: (channel, payload) => tx.notify(channel, payload), query })
      }, options)
      if (!reached || lost) return result
      lost = true
      throw new StoreError('the connection broke; whether the transaction was written is unknown')
    },
  }
}

onBothDrivers((driver) => {
  const filled = () => openFilled(driver)
  const last = async (sql: Sql): Promise<Failover> => (await listFailovers(sql, { limit: 1 }))[0] as Failover
  const mode = async (sql: Sql, account = 'p-1') =>
    (
      await sql.query('SELECT mode, failovers, blocked_until FROM account_mode WHERE account = $1', [account])
    )[0]
  const set = (sql: Sql, account: string, to: string) =>
    sql.query(
      `INSERT INTO account_mode (account, mode, why, since, failovers, blocked_until, returned_at)
       VALUES ($1, $2, 'a person', 1, 0, 0, 0)
       ON CONFLICT (account) DO UPDATE SET mode = excluded.mode, why = excluded.why`,
      [account, to],
    )
  /** A failover of p-1 that has chosen p-2 and was stopped there. */
  const aboutToMove = async (sql: Sql): Promise<void> => {
    const staged = stage(sql)
    at(staged, 'fenced', () => void staged.runner.stop())
    await staged.strike()
    await staged.idle()
    await sql.query("UPDATE failover SET state = 'chosen', chosen = 'p-2' WHERE open = 1")
  }
  /** Does something once, right after the failover reached a state. */
  const at = (staged: ReturnType<typeof stage>, state: string, act: () => void) =>
    staged.bus.on('failover.step', (event) => {
      if (event.state === state) act()
    })

  it.each(steps)(
    'the answer to "%s" gets lost: the failover ends all the same, each step once',
    async (state) => {
      const sql = await filled()
      const staged = stage(losing(sql, state))
      const ended: string[] = []
      staged.bus.on('failover.ended', ({ outcome }) => ended.push(outcome))
      await staged.strike().catch(() => null)
      // The watch finds the fault again, the person asks again.
      if (state === 'detected') expect(await staged.strike()).toBeNull()
      await staged.idle()
      const f = await last(sql)
      expect(f).toMatchObject({ state: 'active', open: false, chosen: 'p-2', data: { moved: 5 } })
      expect(f.data.steps.map((step) => step.state)).toEqual(steps)
      expect(await mode(sql)).toMatchObject({ mode: 'out', failovers: 1 })
      expect(ended).toEqual(['active'])
      expect(await verify(sql)).toMatchObject({ ok: true, rows: steps.length })
    },
    15_000,
  )

  it('a store that is away when the modes are read again: nothing is done twice, the hook is asked once', async () => {
    const sql = await filled()
    let [away, asked] = [3, 0]
    const staged = stage(sql, {
      modesChanged: async () => {
        if (away-- > 0) throw new StoreError('away')
      },
      hooks: {
        before: async () => {
          asked += 1
          return null
        },
        after: async () => {},
      },
    })
    await staged.strike()
    await staged.idle()
    expect(await last(sql)).toMatchObject({ state: 'active', chosen: 'p-2' })
    expect(asked).toBe(1)
    expect(await mode(sql)).toMatchObject({ failovers: 1 })
  }, 15_000)

  it.each(['draining', 'maintenance'])(
    'the chosen one is set to %s before the transfer: the next one gets all',
    async (to) => {
      const sql = await filled()
      await aboutToMove(sql)
      await set(sql, 'p-2', to)
      const staged = stage(sql)
      await staged.resume()
      await staged.idle()
      const f = await last(sql)
      expect(f).toMatchObject({ state: 'active', chosen: 'p-3' })
      expect(f.data.ranking).toContainEqual({ account: 'p-2', rank: null, why: `its mode is ${to}` })
      expect(await mode(sql, 'p-2')).toMatchObject({ mode: to })
    },
    15_000,
  )

  it('the chosen one fails itself before the transfer: it is not put back into service, and the next one gets all', async () => {
    const sql = await filled()
    await aboutToMove(sql)
    const other = stage(sql, { alive: () => new Promise(() => {}) })
    at(other, 'fenced', () => void other.runner.stop())
    await other.strike({ account: 'p-2' })
    await until('p-2 is fenced', async () => (await last(sql)).state === 'fenced')
    const staged = stage(sql)
    const open = await listFailovers(sql, { account: 'p-1', limit: 1 })
    staged.runner.resume(open, () => false)
    await staged.idle()
    expect(await mode(sql, 'p-2')).toMatchObject({ mode: 'out' })
    const done = (await listFailovers(sql, { account: 'p-1', limit: 1 }))[0]
    expect(done).toMatchObject({ state: 'active', chosen: 'p-3' })
  }, 15_000)

  it('a store that is away for a while is said once', async () => {
    const sql = await filled()
    let left = 3
    const staged = stage({
      ...losing(sql, 'never'),
      transaction(work, options) {
        if (staged.runner.size > 0 && left-- > 0) throw new StoreError('away')
        return sql.transaction(work, options)
      },
    })
    const stuck: string[] = []
    staged.bus.on('failover.stuck', ({ detail }) => stuck.push(detail))
    await staged.strike()
    await staged.idle()
    expect(await last(sql)).toMatchObject({ state: 'active' })
    expect(stuck).toEqual(['away'])
  }, 15_000)

  it.each(['active', 'rolled-back'])(
    'an account in maintenance is still there when its switch-over is %s',
    async (end) => {
      const sql = await filled()
      await set(sql, 'p-1', 'maintenance')
      const staged = stage(sql)
      if (end === 'rolled-back') staged.dead.add('p-2').add('p-3')
      await staged.strike({ kind: 'forced', cause: 'asked' })
      await staged.idle()
      expect((await last(sql)).state).toBe(end)
      expect(await mode(sql)).toMatchObject({ mode: 'maintenance' })
    },
    15_000,
  )

  it('what a person decides while one is under way is not undone by its rollback', async () => {
    const sql = await filled()
    const staged = stage(sql)
    staged.dead.add('p-2').add('p-3')
    at(staged, 'fenced', () => void set(sql, 'p-1', 'maintenance'))
    await staged.strike({ kind: 'forced', cause: 'asked' })
    await staged.idle()
    expect((await last(sql)).state).toBe('rolled-back')
    expect(await mode(sql)).toMatchObject({ mode: 'maintenance' })
  }, 15_000)

  it('a soft fault with nobody alive: called off, and it counts as none', async () => {
    const sql = await filled()
    const staged = stage(sql)
    staged.dead.add('p-2').add('p-3')
    await staged.strike({ cause: 'zombie', hard: false })
    await staged.idle()
    expect(await last(sql)).toMatchObject({ state: 'rolled-back' })
    expect(await mode(sql)).toMatchObject({ mode: 'up', failovers: 0, blocked_until: 0 })
  }, 15_000)

  it('an account that another agent has taken over is not failed over by the one that lost it', async () => {
    const sql = await filled()
    await sql.query("INSERT INTO ownership (account, node, epoch) VALUES ('p-1', 'node-2', 7)")
    const staged = stage(sql)
    expect(await staged.strike({ cause: 'replaced', epoch: 6 })).toBeNull()
    expect(await listFailovers(sql, { limit: 9 })).toEqual([])
    expect(await staged.strike({ cause: 'replaced', epoch: 7 })).not.toBeNull()
    await staged.idle()
  })

  it('what a node that is gone has begun is ended by the one that holds the account now', async () => {
    const sql = await filled()
    const gone = stage(sql)
    at(gone, 'fenced', () => void gone.runner.stop())
    await gone.strike()
    await gone.idle()
    await sql.query("UPDATE failover SET node = 'node-9'")
    const staged = stage(sql)
    const open = await listFailovers(sql, { limit: 1 })
    staged.runner.resume(open, () => false)
    expect(staged.runner.size).toBe(0)
    staged.runner.resume(open, (account) => account === 'p-1')
    await staged.idle()
    expect(await last(sql)).toMatchObject({ state: 'active', open: false })
  })

  it('a claim that slips in after the look is waited for: a planned one doubles nothing', async () => {
    const sql = await filled()
    await sql.query("UPDATE message SET open = 0 WHERE state IN ('claimed', 'sent', 'unknown')")
    const claimed = "UPDATE message SET state = $1 WHERE conversation = 'conversation-queued'"
    let looked = false
    const staged = stage(sql, {
      alive: async () => {
        if (!looked) await sql.query(claimed, ['claimed'])
        looked = true
        return true
      },
    })
    at(staged, 'chosen', () => void setImmediate(() => void sql.query(claimed, ['queued'])))
    await staged.strike({ kind: 'planned', cause: 'asked' })
    await staged.idle()
    expect(await last(sql)).toMatchObject({ state: 'active', data: { unsure: 0 } })
  })

  it('stopped while the new one is looked at: it stays open, and the next start ends it', async () => {
    const sql = await filled()
    const staged = stage(sql)
    at(staged, 'activating', () => {
      // The sessions stop first: nobody answers any more.
      staged.dead.add('p-2').add('p-3')
      void staged.runner.stop()
    })
    await staged.strike()
    await staged.idle()
    expect(await last(sql)).toMatchObject({ state: 'activating', open: true, chosen: 'p-2' })
    const again = stage(sql)
    await again.resume()
    await again.idle()
    expect(await last(sql)).toMatchObject({ state: 'active', chosen: 'p-2' })
  })

  it('a hook that is cut off by a stop has refused nothing; one that hangs afterwards keeps nobody busy', async () => {
    const sql = await filled()
    const cut = (over: AbortSignal): Promise<string> =>
      new Promise((resolve) =>
        over.addEventListener('abort', () => resolve('the before-hook could not be asked')),
      )
    const asked = stage(sql, { hooks: { before: (_, over) => cut(over), after: async () => {} } })
    await asked.strike()
    await asked.runner.stop()
    expect(await last(sql)).toMatchObject({ state: 'detected', open: true })
    const hung = stage(sql, {
      hooks: { before: async () => null, after: async (_, over) => void (await cut(over)) },
    })
    await hung.resume()
    await hung.idle()
    expect(await last(sql)).toMatchObject({ state: 'active' })
    expect(hung.runner.busy('p-1')).toBe(false)
    await hung.runner.stop()
  })
})
