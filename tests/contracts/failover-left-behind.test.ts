// Nothing that was accepted is left behind by a failover: not what was accepted while it was fenced, nor between its moves, nor too early.

import { expect, it } from 'vitest'
import { listFailovers } from '../../agent/fleet/failover/rows.ts'
import { takeOwnership } from '../../agent/fleet/ownership.ts'
import { type Accepted, insertAll, type Sealed } from '../../agent/outbox/accept.ts'
import { claimAll } from '../../agent/outbox/claim.ts'
import { leave, leftAccounts } from '../../agent/outbox/leaving.ts'
import type { Route } from '../../agent/outbox/route.ts'
import { Telling } from '../../agent/outbox/telling.ts'
import { transfer } from '../../agent/outbox/transfer.ts'
import { unpark } from '../../agent/outbox/unpark.ts'
import { writeMode } from '../../agent/routing/settings-rows.ts'
import type { Queryable, Sql } from '../../agent/store/sql.ts'
import { noWebhooks } from '../harness/no-webhooks.ts'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { accounts, graceMs, holders, openFilled, stage } from './failover/stage.ts'
import { draft } from './outbox/stage.ts'

const sealed = (conversation: string, id: string): Sealed => ({
  draft: draft({ expiresAt: Date.now() + 3_600_000 }),
  id,
  waId: `WA${id}`,
  conversation,
  payload: new Uint8Array([1]),
  bodyHash: 'h',
})
const claimOf = (account: string) =>
  ({ account, epoch: 1, unsure: 'resend', limit: 20, begun: [], doubt: false }) as const
/** A process that has not heard of any failover. */
const stale: Route = ({ pinned, except }) =>
  [pinned ?? 'p-1', ...accounts].find((account) => !except.includes(account)) ?? null

onBothDrivers((driver) => {
  const filled = async (): Promise<Sql> => {
    const sql = await openFilled(driver)
    for (const account of accounts) await takeOwnership(sql, account, 'node-1')
    return sql
  }
  const accept = (tx: Queryable, conversation: string, id: string, route = stale): Promise<Accepted[]> =>
    insertAll(tx, [sealed(conversation, id)], route, Date.now())
  const takeOut = (sql: Sql, account: string): Promise<unknown> =>
    sql.transaction((tx) => writeMode(tx, account, 'out', 'a test', Date.now()))
  const of = async (sql: Sql, id: string) =>
    (
      await sql.query(
        'SELECT m.account, m.state, c.account AS pin FROM message m JOIN conversation c ON c.id = m.conversation WHERE m.id = $1',
        [id],
      )
    )[0]

  it.skipIf(driver.name === 'sqlite').each(['conversation-queued', 'conversation-new'])(
    'an accept that is under way when its account is fenced is waited for, and what it accepted moves too (%s)',
    async (conversation) => {
      const sql = await filled()
      const staged = stage(sql)
      const inside = Promise.withResolvers<void>()
      const gate = Promise.withResolvers<void>()
      const accepting = sql.transaction(async (tx) => {
        await accept(tx, conversation, 'late')
        inside.resolve()
        await gate.promise
      })
      await inside.promise
      await staged.strike()
      await until(
        () => 'the fence neither waits nor is over',
        async () => {
          const [waiting] = await sql.query<{ n: number }>(
            "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted",
          )
          return Number(waiting?.n) > 0 || staged.runner.size === 0
        },
        5_000,
      )
      gate.resolve()
      await accepting
      await staged.idle()
      expect(await of(sql, 'late')).toMatchObject({ account: 'p-2', state: 'queued', pin: 'p-2' })
      const [one, two] = await claimAll(sql, [claimOf('p-1'), claimOf('p-2')], Date.now())
      expect(one?.filter(({ bound }) => bound === 0)).toEqual([])
      expect(two?.length).toBeGreaterThan(0)
    },
  )

  it('who has not heard that an account was taken out gives it nothing: accepted, parked and left behind alike', async () => {
    const sql = await filled()
    await sql.transaction((tx) => accept(tx, 'conversation-parked', 'parked', () => null))
    await sql.transaction((tx) => accept(tx, 'conversation-left', 'left'))
    expect(await of(sql, 'left')).toMatchObject({ account: 'p-1' })
    await takeOut(sql, 'p-1')
    const [accepted] = await sql.transaction((tx) => accept(tx, 'conversation-queued', 'accepted'))
    expect(accepted).toMatchObject({ kind: 'created', row: { account: 'p-2', state: 'queued' } })
    await unpark(new Telling(sql, noWebhooks), 'sales', stale, Date.now())
    expect(await of(sql, 'parked')).toMatchObject({ account: 'p-2', state: 'queued', pin: 'p-2' })
    // As an agent of an earlier version may have done: it goes to others without a failover.
    expect((await leftAccounts(sql, []))('sales', 'p-1')).toBe('out')
    await leave(sql, { pool: 'sales', account: 'p-1', why: 'out' }, stale, Date.now())
    expect(await of(sql, 'left')).toMatchObject({ account: 'p-2', state: 'queued', pin: 'p-2' })
  })

  it('where everybody is out, or the routing insists, it is parked', async () => {
    const sql = await filled()
    await takeOut(sql, 'p-1')
    const [insists] = await sql.transaction((tx) => accept(tx, 'conversation-a', 'a', () => 'p-1'))
    expect(insists).toMatchObject({ row: { account: null, state: 'parked' } })
    for (const account of accounts) await takeOut(sql, account)
    const [nobody] = await sql.transaction((tx) => accept(tx, 'conversation-b', 'b'))
    expect(nobody).toMatchObject({ row: { account: null, state: 'parked' } })
  })

  it.each([
    ['the next candidate', 'automatic', null, 'p-3'],
    ['the first account again', 'forced', 'p-2', 'p-1'],
  ] as const)(
    'what was accepted between two moves goes to %s with its conversation',
    async (_, kind, to, last) => {
      const sql = await filled()
      const staged = stage(sql)
      let between: Promise<unknown> | undefined
      staged.bus.on('failover.step', ({ state }) => {
        if (state !== 'transferred' || between) return
        staged.dead.add('p-2')
        between = sql.transaction((tx) => accept(tx, 'conversation-queued', 'between'))
      })
      await staged.strike({ kind, cause: kind === 'forced' ? 'asked' : 'banned', to })
      await staged.idle()
      await between
      await sql.transaction((tx) => accept(tx, 'conversation-queued', 'after'))
      for (const id of ['between', 'after'])
        expect(await of(sql, id)).toMatchObject({ account: last, pin: last })
      // None of them stands in the way of the next.
      const line: string[] = []
      for (let i = 0; i < 3; i++) {
        const [claimed = []] = await claimAll(sql, [claimOf(last)], Date.now())
        line.push(...(claimed ?? []).filter((m) => m.conversation === 'conversation-queued').map((m) => m.id))
        await sql.query("UPDATE message SET open = 0 WHERE state = 'claimed'")
      }
      expect(line.slice(1)).toEqual(['between', 'after'])
    },
  )

  it('who stood in for a while and is out again keeps nothing, not even what was its own', async () => {
    const sql = await filled()
    await takeOut(sql, 'p-2')
    const staged = stage(sql)
    let own: Promise<unknown> | undefined
    staged.bus.on('failover.step', ({ state }) => {
      if (state !== 'transferred' || own) return
      staged.dead.add('p-2')
      own = sql.transaction((tx) => accept(tx, 'conversation-own', 'own', () => 'p-2'))
    })
    await staged.strike({ kind: 'forced', cause: 'asked', to: 'p-2' })
    await staged.idle()
    await own
    expect((await listFailovers(sql, { limit: 1 }))[0]).toMatchObject({ state: 'rolled-back' })
    expect(await of(sql, 'own')).toMatchObject({ account: 'p-1', pin: 'p-1' })
  })

  it('parked: what the failed account may have sent still waits for its time of grace, the rest does not', async () => {
    const sql = await filled()
    const staged = stage(sql)
    staged.dead.add('p-2').add('p-3')
    const from = Date.now()
    await staged.strike({ cause: 'restricted' })
    await staged.idle()
    await unpark(new Telling(sql, noWebhooks), 'sales', () => 'p-2', Date.now())
    expect(await holders(sql)).toMatchObject({
      queued: 'p-2/p-2/queued',
      claimed: 'nobody/nobody/parked',
      sent: 'nobody/nobody/parked',
      unknown: 'nobody/nobody/parked',
    })
    const rows = await sql.query<{ next_at: number }>("SELECT next_at FROM message WHERE state = 'parked'")
    for (const { next_at } of rows) expect(next_at).toBeGreaterThanOrEqual(from + graceMs)
    await unpark(new Telling(sql, noWebhooks), 'sales', () => 'p-2', Date.now() + graceMs)
    expect(await holders(sql)).toMatchObject({ claimed: 'p-2/p-2/unknown', sent: 'p-2/p-2/unknown' })
  }, 15_000)

  it('who may have sent a message and gets it back does not wait for itself', async () => {
    const sql = await filled()
    const now = Date.now()
    const move = (from: string, to: string, onlyMoved: boolean) =>
      sql.transaction((tx) =>
        transfer(tx, { id: 'f', pool: 'sales', from, to, graceMs, now: now + 1 }, onlyMoved),
      )
    expect(await move('p-1', 'p-2', false)).toEqual({ messages: 5, conversations: 6, unsure: 3 })
    expect(await move('p-2', 'p-1', true)).toEqual({ messages: 5, conversations: 6, unsure: 0 })
    const rows = await sql.query("SELECT next_at FROM message WHERE state = 'unknown'")
    expect(rows).toEqual([{ next_at: now + 1 }, { next_at: now + 1 }, { next_at: now + 1 }])
  })

  it('a backlog of many slices moves whole, with its order', async () => {
    const sql = await filled()
    // 1,201 messages of one moment in 700 conversations.
    const many = 'WITH RECURSIVE g (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM g WHERE n < 1200)'
    await sql.query(
      `${many} INSERT INTO conversation (id, pool, account, last_seq, changed_at)
       SELECT 'c' || n, 'sales', 'p-1', 2, 1 FROM g WHERE n < 700`,
    )
    await sql.query(
      `${many} INSERT INTO message (id, wa_id, caller, body_hash, pool, account, bound, conversation, seq, state, open, attempts,
         next_at, expires_at, accepted_at, refused_by, possible_duplicate, payload, steps)
       SELECT 'n' || n, 'WAn' || n, 'test', 'h', 'sales', 'p-1', 0, 'c' || (n % 700), 1 + n / 700, 'queued', 1, 0, 1, $1, 1, '', 0, $2, ''
       FROM g`,
      [Date.now() + 3_600_000, new Uint8Array([1])],
    )
    const moved = await sql.transaction((tx) =>
      transfer(tx, { id: 'f', pool: 'sales', from: 'p-1', to: 'p-2', graceMs, now: Date.now() }),
    )
    expect(moved).toEqual({ messages: 1_206, conversations: 706, unsure: 3 })
    const left = await sql.query("SELECT id FROM message WHERE account = 'p-1' AND bound = 0")
    expect(left).toEqual([])
    // And where they have times of their own, or none.
    await sql.query("UPDATE message SET next_at = seq * 1000 + length(conversation) WHERE account = 'p-2'")
    await sql.query("UPDATE message SET next_at = NULL WHERE id = 'n7'")
    const back = await sql.transaction((tx) =>
      transfer(tx, { id: 'f', pool: 'sales', from: 'p-2', to: 'p-1', graceMs, now: Date.now() }, true),
    )
    expect(back).toMatchObject({ messages: 1_206, conversations: 706 })
    const [first = []] = await claimAll(sql, [{ ...claimOf('p-1'), limit: 5 }], Date.now())
    expect(first?.every(({ seq }) => seq === 1)).toBe(true)
    expect(first).toHaveLength(5)
  }, 20_000)
})
