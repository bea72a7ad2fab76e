// A failover moves everything or nothing, whoever takes over lives, and whatever kills the agent in between, it is finished or undone.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Bus } from '../../agent/events.ts'
import { type Failover, listFailovers } from '../../agent/fleet/failover/rows.ts'
import { takeOwnership } from '../../agent/fleet/ownership.ts'
import { claimAll } from '../../agent/outbox/claim.ts'
import { verify } from '../../agent/store/audit-check.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { openStore } from '../../agent/store/open.ts'
import type { Sql } from '../../agent/store/sql.ts'
import { onBothDrivers } from './drivers.ts'
import { fill, holders, openFilled, stage, states } from './failover/stage.ts'

const before = {
  queued: 'p-1/p-1/queued',
  scheduled: 'p-1/p-1/scheduled',
  claimed: 'p-1/p-1/claimed',
  sent: 'p-1/p-1/sent',
  unknown: 'p-1/p-1/unknown',
  bound: 'p-1/p-1/queued',
}
/** What a caller has bound to an account stays with it; its conversation does not. */
const movedTo = (account: string) => ({
  queued: `${account}/${account}/queued`,
  scheduled: `${account}/${account}/scheduled`,
  claimed: `${account}/${account}/unknown`,
  sent: `${account}/${account}/unknown`,
  unknown: `${account}/${account}/unknown`,
  bound: `p-1/${account}/queued`,
})
const parked = {
  queued: 'nobody/nobody/parked',
  scheduled: 'nobody/nobody/scheduled',
  claimed: 'nobody/nobody/parked',
  sent: 'nobody/nobody/parked',
  unknown: 'nobody/nobody/parked',
  bound: 'p-1/nobody/queued',
}

onBothDrivers((driver) => {
  const filled = () => openFilled(driver)
  const last = async (sql: Sql): Promise<Failover> => (await listFailovers(sql, { limit: 1 }))[0] as Failover

  it('everything moves at once; what may have been sent waits as unknown for its time of grace', async () => {
    const sql = await filled()
    const staged = stage(sql)
    await staged.strike()
    await staged.idle()
    expect(await holders(sql)).toEqual(movedTo('p-2'))
    const f = await last(sql)
    expect(f).toMatchObject({
      state: 'active',
      open: false,
      chosen: 'p-2',
      data: { moved: 5, unsure: 3, conversations: 6 },
    })
    const rows = await sql.query<{ next_at: number; maybe_sent_by: string }>(
      "SELECT next_at, maybe_sent_by FROM message WHERE state = 'unknown'",
    )
    for (const { next_at, maybe_sent_by } of rows) {
      expect(maybe_sent_by).toBe('p-1')
      expect(next_at).toBeGreaterThan(f.startedAt + 50_000)
    }
    expect(await verify(sql)).toMatchObject({ ok: true })
    const [mode] = await sql.query('SELECT mode, failovers FROM account_mode WHERE account = $1', ['p-1'])
    expect(mode).toMatchObject({ mode: 'out', failovers: 1 })
  })

  it('what a caller has bound to the account is still its own to send, and holds nobody up', async () => {
    const sql = await filled()
    for (const account of ['p-1', 'p-2']) await takeOwnership(sql, account, 'node-1')
    // A later message of the same conversation, which goes to whoever has the conversation now.
    await sql.query(
      `INSERT INTO message (id, wa_id, caller, body_hash, pool, account, bound, conversation, seq, state, open, attempts, next_at,
         expires_at, epoch, accepted_at, maybe_sent_by, refused_by, possible_duplicate, payload, steps)
       SELECT 'later', 'WAlater', caller, body_hash, pool, account, 0, conversation, 2, state, open, attempts, next_at, expires_at,
         epoch, accepted_at, maybe_sent_by, refused_by, possible_duplicate, payload, steps FROM message WHERE bound = 1`,
    )
    const staged = stage(sql)
    await staged.strike()
    await staged.idle()
    const of = (account: string) =>
      ({ account, epoch: 1, unsure: 'resend', limit: 20, begun: [], doubt: false }) as const
    const [one, two] = await claimAll(sql, [of('p-1'), of('p-2')], Date.now())
    expect(one?.map(({ bound }) => bound)).toEqual([1])
    expect(two?.map(({ conversation }) => conversation).sort()).toEqual([
      'conversation-bound',
      'conversation-queued',
    ])
  })

  it('one that gives no sign of life after the transfer is passed over: the next one gets what it had', async () => {
    const sql = await filled()
    const staged = stage(sql)
    staged.bus.on('failover.step', ({ state, to }) => {
      if (state === 'transferred' && to) staged.dead.add(to === 'p-2' ? 'p-2' : 'nobody')
    })
    await staged.strike()
    await staged.idle()
    expect(await holders(sql)).toEqual(movedTo('p-3'))
    const f = await last(sql)
    expect(f).toMatchObject({ state: 'active', chosen: 'p-3', data: { moved: 5, unsure: 3 } })
    expect(Object.keys(f.data.tried)).toEqual(['p-2'])
  })

  it('nobody lives: parked, and nothing is lost', async () => {
    const sql = await filled()
    const told: string[] = []
    const staged = stage(sql, {
      tell: async (_, rows) =>
        void told.push(...rows.map(({ conversation, state }) => `${conversation} ${state}`)),
    })
    staged.dead.add('p-2').add('p-3')
    await staged.strike()
    await staged.idle()
    expect(await holders(sql)).toEqual(parked)
    const untold = ['scheduled', 'bound']
    expect(told.sort()).toEqual(
      states
        .filter((state) => !untold.includes(state))
        .map((state) => `conversation-${state} parked`)
        .sort(),
    )
    expect(await last(sql)).toMatchObject({ state: 'parked', chosen: null })
  }, 15_000)

  it('nobody lives after the transfer: parked from there', async () => {
    const sql = await filled()
    const staged = stage(sql)
    staged.dead.add('p-3')
    staged.bus.on('failover.step', ({ state }) => {
      if (state === 'transferred') staged.dead.add('p-2')
    })
    await staged.strike()
    await staged.idle()
    expect(await holders(sql)).toEqual(parked)
  }, 15_000)

  it('a planned one that cannot be drained is called off, and everything is as it was', async () => {
    const sql = await filled()
    const staged = stage(sql)
    await staged.strike({ kind: 'planned', cause: 'asked' })
    await staged.idle()
    expect(await holders(sql)).toEqual(before)
    expect(await last(sql)).toMatchObject({ state: 'rolled-back' })
    const [mode] = await sql.query('SELECT mode, failovers FROM account_mode WHERE account = $1', ['p-1'])
    expect(mode).toMatchObject({ mode: 'up', failovers: 0 })
  })

  it('two at once are one; two runners of one failover do its steps once', async () => {
    const sql = await filled()
    const [a, b] = [stage(sql), stage(sql)]
    const started = await Promise.all([a.strike(), b.strike()])
    expect(started.filter((f) => f !== null)).toHaveLength(1)
    await Promise.all([a.resume(), b.resume()])
    await Promise.all([a.idle(), b.idle()])
    expect(await holders(sql)).toEqual(movedTo('p-2'))
    const steps = (await last(sql)).data.steps.map(({ state }) => state)
    expect(new Set(steps).size).toBe(steps.length)
  })

  describe('killed', () => {
    const moments = (
      ['detected', 'fenced', 'chosen', 'transferred', 'activating', 'active'] as const
    ).flatMap((state) => [[state, 'inside'] as const, [state, 'after'] as const])
    it.each(moments)(
      'at "%s", %s its transaction: nothing half done, and the next start finishes it',
      async (state, when) => {
        const url = await driver.url()
        const { sql } = await driver.open(url)
        await migrate(sql)
        await fill(sql)
        // A SQLite file has one process at a time.
        await sql.close()
        const victim = spawn(
          process.execPath,
          [join(import.meta.dirname, 'failover/victim.ts'), url, state, when],
          {
            stdio: ['ignore', 'ignore', 'inherit'],
          },
        )
        const [, signal] = await once(victim, 'exit')
        expect(signal).toBe('SIGKILL')
        const again = await openStore(url, new Bus('node-1'))
        try {
          const reached = (await listFailovers(again, { limit: 1 }))[0]
          const moved =
            reached !== undefined && ['transferred', 'activating', 'active'].includes(reached.state)
          expect(await holders(again)).toEqual(moved ? movedTo('p-2') : before)
          expect(await verify(again)).toMatchObject({ ok: true })
          const staged = stage(again)
          await staged.resume()
          await staged.idle()
          // One that died before its first commit never was.
          if (!reached) return expect(state).toBe('detected')
          expect(await last(again)).toMatchObject({
            state: 'active',
            chosen: 'p-2',
            open: false,
            data: { moved: 5, unsure: 3 },
          })
          expect(await holders(again)).toEqual(movedTo('p-2'))
          expect(await verify(again)).toMatchObject({ ok: true })
        } finally {
          await again.close()
        }
      },
      30_000,
    )
  })
})
