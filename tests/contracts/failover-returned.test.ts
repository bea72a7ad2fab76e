// What a failover has changed of others' modes it takes back when nothing comes of it, and what nobody goes on with any more is gone on with by somebody.

import { expect, it, onTestFinished } from 'vitest'
import { FailoverKeeper } from '../../agent/fleet/failover/keeper.ts'
import { isByPerson, isLent, isParked } from '../../agent/fleet/failover/modes.ts'
import { type Failover, listFailovers } from '../../agent/fleet/failover/rows.ts'
import { RoutingBook } from '../../agent/routing/settings.ts'
import { verify } from '../../agent/store/audit-check.ts'
import type { Sql } from '../../agent/store/sql.ts'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { openFilled, type Staged, stage } from './failover/stage.ts'

const configured = { strategy: () => 'geo' as const, account: () => ({ pool: 's', weight: 1, priority: 1 }) }

onBothDrivers((driver) => {
  const filled = () => openFilled(driver)
  /** What is the same statement for both is asked of one. */
  const once = it.skipIf(driver.name === 'postgres')
  const last = async (sql: Sql, account = 'p-1'): Promise<Failover> =>
    (await listFailovers(sql, { account, limit: 1 }))[0] as Failover
  const mode = async (sql: Sql, account: string) =>
    (
      await sql.query<{ mode: string; why: string; returned_at: number }>(
        'SELECT mode, why, returned_at FROM account_mode WHERE account = $1',
        [account],
      )
    )[0]
  const set = (sql: Sql, account: string, to: string, why: string) =>
    sql.query(
      `INSERT INTO account_mode (account, mode, why, since, failovers, blocked_until, returned_at)
       VALUES ($1, $2, $3, 1, 0, 0, 0)
       ON CONFLICT (account) DO UPDATE SET mode = excluded.mode, why = excluded.why`,
      [account, to, why],
    )
  const at = (staged: Staged, state: string, act: (to: string | null) => void) =>
    staged.bus.on('failover.step', (event) => {
      if (event.state === state) act(event.to)
    })
  const changesOf = (staged: Staged): string[] => {
    const changes: string[] = []
    staged.bus.on('account.mode-changed', ({ account, from, to }) => changes.push(`${account} ${from} ${to}`))
    return changes
  }
  const modeRows = async (sql: Sql) =>
    (
      await sql.query<{ account: string; data: string }>(
        "SELECT account, data FROM audit WHERE what = 'mode.set' ORDER BY seq",
      )
    ).map(({ account, data }) => `${account} ${JSON.parse(data).from} ${JSON.parse(data).to}`)

  once.each([
    ['rolled back', { kind: 'forced', cause: 'asked', to: 'p-2' }, 'rolled-back'],
    ['passed over', {}, 'active'],
    ['parked', {}, 'parked'],
  ] as const)('one that was out and got the work is out again when it is %s', async (how, asked, end) => {
    const sql = await filled()
    await set(sql, 'p-2', 'out', 'failover: asked')
    await set(sql, 'p-3', 'out', 'failover: banned')
    const staged = stage(sql)
    const changes = changesOf(staged)
    if (how === 'parked') staged.dead.add('p-3')
    at(staged, 'transferred', (to) => void (to === 'p-2' && staged.dead.add('p-2')))
    await staged.strike(asked)
    await staged.idle()
    expect(await last(sql)).toMatchObject({
      state: end,
      chosen: end === 'active' ? 'p-3' : end === 'parked' ? null : 'p-2',
    })
    expect(await mode(sql, 'p-2')).toMatchObject({ mode: 'out', why: 'failover: asked' })
    const told = ['p-2 out up', 'p-2 up out', ...(end === 'active' ? ['p-3 out up'] : [])]
    expect(changes).toEqual(told)
    expect(await modeRows(sql)).toEqual(told)
    expect(await verify(sql)).toMatchObject({ ok: true })
    // Whoever keeps the work is in service, and starts slowly.
    const kept = await mode(sql, 'p-3')
    if (end === 'active') {
      expect(kept?.mode).toBe('up')
      expect(kept?.returned_at).toBeGreaterThan(0)
    }
  })

  once.each(['a person', ''])('up, said of who got the work, outlives its rollback ("%s")', async (why) => {
    const sql = await filled()
    await set(sql, 'p-2', 'out', 'failover: asked')
    const staged = stage(sql)
    const book = new RoutingBook(sql, staged.bus, configured, { moving: async () => false, lent: isLent })
    at(staged, 'transferred', () => {
      staged.dead.add('p-2')
      void book.setMode('p-2', 'up', why, { who: 'ops', origin: 'api' })
    })
    await staged.strike({ kind: 'forced', cause: 'asked', to: 'p-2' })
    await staged.idle()
    expect(await last(sql)).toMatchObject({ state: 'rolled-back' })
    expect(await mode(sql, 'p-2')).toMatchObject({ mode: 'up', why })
  })

  once.each([
    ['draining', true],
    ['up', false],
  ])('one that was %s and is parked: a person brings it back %s', async (had, byPerson) => {
    const sql = await filled()
    await set(sql, 'p-1', had, 'a person')
    const staged = stage(sql)
    staged.dead.add('p-2').add('p-3')
    await staged.strike()
    await staged.idle()
    expect((await last(sql)).state).toBe('parked')
    const { why = '' } = (await mode(sql, 'p-1')) ?? {}
    expect([isParked(why), isByPerson(why)]).toEqual([true, byPerson])
  })

  once(
    'the chosen one was failed over to its end while nobody looked: another one is chosen, and it stays out',
    async () => {
      const sql = await filled()
      const staged = stage(sql)
      at(staged, 'fenced', () => void staged.runner.stop())
      await staged.strike()
      await staged.idle()
      await sql.query("UPDATE failover SET state = 'chosen', chosen = 'p-2' WHERE open = 1")
      const other = stage(sql)
      await other.strike({ account: 'p-2', to: 'p-3' })
      await other.idle()
      expect((await last(sql, 'p-2')).state).toBe('active')
      const again = stage(sql)
      await again.resume()
      await again.idle()
      expect(await last(sql)).toMatchObject({ state: 'active', chosen: 'p-3' })
      expect(await mode(sql, 'p-2')).toMatchObject({ mode: 'out', why: 'failover: banned' })
    },
  )

  it('and where that is not known here yet, the transfer finds it', async () => {
    const sql = await filled()
    let taken = false
    const staged = stage({
      ...bound(sql),
      async transaction(work, options) {
        const [f] = await listFailovers(sql, { limit: 1 })
        if (f?.state === 'chosen' && !taken) {
          taken = true
          await set(sql, 'p-2', 'out', 'failover: banned')
        }
        return sql.transaction(work, options)
      },
    })
    await staged.strike()
    await staged.idle()
    const why = 'it was taken out after it had been chosen'
    expect(await last(sql)).toMatchObject({ state: 'active', chosen: 'p-3', data: { tried: { 'p-2': why } } })
    expect(await mode(sql, 'p-2')).toMatchObject({ mode: 'out' })
  })

  it('two processes go on with one failover: each step is told once, and the hook hears of its end once', async () => {
    const sql = await filled()
    const told: string[] = []
    let after = 0
    const hooks = {
      before: async (): Promise<null> => null,
      after: async (): Promise<void> => {
        after += 1
      },
    }
    const [one, two] = [stage(sql, { hooks }), stage(sql, { hooks })]
    for (const { bus } of [one, two]) {
      bus.on('failover.step', ({ state }) => told.push(state))
      bus.on('failover.ended', ({ outcome }) => told.push(`ended ${outcome}`))
    }
    let joined: Promise<void> = Promise.resolve()
    at(one, 'fenced', () => {
      joined = two.resume()
    })
    await one.strike()
    await one.idle()
    await joined
    await two.idle()
    expect(told.sort()).toEqual(['activating', 'active', 'chosen', 'ended active', 'fenced', 'transferred'])
    expect(after).toBe(1)
  })

  it.each([true, false])(
    'what a node that died has left open is ended by one that is up (it holds the account: %s)',
    async (holds) => {
      const sql = await filled()
      const gone = stage(sql, { alive: () => new Promise(() => {}) })
      await gone.strike({ kind: 'forced', cause: 'asked' })
      await until('it is fenced', async () => (await last(sql)).state === 'fenced')
      await sql.query("UPDATE failover SET node = 'node-9'")
      const here = stage(sql)
      const keeper = new FailoverKeeper({
        sql,
        holds: () => holds,
        resume: (f) => here.runner.resume([f], () => true),
        patienceMs: 300,
        everyMs: 20,
      })
      onTestFinished(keeper.start())
      await until('it was counted', () => keeper.open === 1)
      // Nobody is hasty: whoever began it may still be at it.
      expect(here.runner.size).toBe(0)
      await until('it has ended', async () => !(await last(sql)).open)
      expect(await last(sql)).toMatchObject({ state: 'active', chosen: 'p-2' })
      await until('it was counted again', () => keeper.open === 0)
    },
  )

  once('failovers that are long over are forgotten, their audit rows are not', async () => {
    const sql = await filled()
    const staged = stage(sql)
    await staged.strike()
    await staged.idle()
    await sql.query('UPDATE failover SET started_at = 1')
    await staged.strike({ account: 'p-3' })
    await staged.idle()
    const open = stage(sql)
    at(open, 'fenced', () => void open.runner.stop())
    await open.strike({ account: 'p-2' })
    await open.idle()
    await sql.query("UPDATE failover SET started_at = 1 WHERE account = 'p-2'")
    const rows = (await verify(sql)).rows
    const keeper = new FailoverKeeper({
      sql,
      holds: () => false,
      resume: () => {},
      patienceMs: 60_000,
      everyMs: 20,
    })
    onTestFinished(keeper.start())
    await until('it is gone', async () => (await listFailovers(sql, { limit: 9 })).length === 2)
    expect((await listFailovers(sql, { limit: 9 })).map(({ account }) => account).sort()).toEqual([
      'p-2',
      'p-3',
    ])
    expect(await verify(sql)).toMatchObject({ ok: true, rows })
  })
})

function bound(sql: Sql): Sql {
  return {
    driver: sql.driver,
    query: (text, params) => sql.query(text, params),
    notify: (channel, payload) => sql.notify(channel, payload),
    listen: (channel, heard) => sql.listen(channel, heard),
    close: () => sql.close(),
    transaction: (work, options) => sql.transaction(work, options),
  }
}
