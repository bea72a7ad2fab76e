// Whatever holds the store: what cannot be delivered ends as a dead letter that is said, kept for its time and can be driven again.

import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { GIVE_UP_MS } from '../../agent/webhooks/enqueue.ts'
import { Keeper } from '../../agent/webhooks/keeper.ts'
import { KEEP_DEAD_MS, KEEP_DELIVERED_MS } from '../../agent/webhooks/prune.ts'
import { usual } from '../../agent/webhooks/settings.ts'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { notice, orderIn, type Stage, stage, upTo } from './webhooks.ts'

const ops = { who: 'ops', origin: 'test' }

const states = ({ sql }: Stage) =>
  sql.query('SELECT state, error FROM webhook_delivery ORDER BY seq, id') as Promise<
    { state: string; error: string | null }[]
  >

onBothDrivers((driver) => {
  it('410 is dead at once, and the lane goes on', async () => {
    const made = await stage(driver, { answer: ({ body }) => (body.data.n === 2 ? 410 : 204) })
    await made.put(...upTo(3).map((n) => notice('c1', n)))
    await made.settled()
    expect(made.receiver.received.map(({ body }) => body.data.n)).toEqual([1, 2, 3])
    expect(await states(made)).toMatchObject([
      { state: 'delivered' },
      { state: 'dead', error: 'gone: http 410' },
      { state: 'delivered' },
    ])
    expect(made.events.of('webhook.dead')).toMatchObject([
      { webhook: 'crm', why: 'gone', count: 1, attempts: 1, detail: 'http 410', account: 'uae-1' },
    ])
  })

  it('a head that always fails is dead after its attempts, and the lane goes on', async () => {
    const made = await stage(driver, {
      settings: { attempts: 4 },
      answer: ({ body }) => (body.data.n === 1 ? 500 : 204),
    })
    await made.put(notice('c1', 1), notice('c1', 2))
    await made.settled()
    expect(made.receiver.received.map(({ body }) => body.data.n)).toEqual([1, 1, 1, 1, 2])
    expect(made.events.of('webhook.failed')).toHaveLength(3)
    expect(made.events.of('webhook.dead')).toMatchObject([
      { why: 'gave-up', attempts: 4, detail: 'http 500' },
    ])
  })

  it('what is older than a day has one attempt and no second', async () => {
    const made = await stage(driver, { idle: true, answer: ({ body }) => (body.data.n < 3 ? 500 : 204) })
    await made.put(...upTo(3).map((n) => notice('c1', n)))
    await made.sql.query('UPDATE webhook_delivery SET expires_at = created_at')
    await made.webhooks.start()
    await made.settled()
    expect(made.receiver.received.map(({ body }) => body.data.n)).toEqual([1, 2, 3])
    expect((await states(made)).map(({ state }) => state)).toEqual(['dead', 'dead', 'delivered'])
  })

  it('a payload that does not open is dead like any other, and holds up nobody', async () => {
    const made = await stage(driver, { idle: true, settings: { attempts: 2 } })
    await made.put(notice('c1', 1), notice('c1', 2))
    const [first] = await made.sql.query<{ id: string }>(
      'SELECT id FROM webhook_delivery ORDER BY seq LIMIT 1',
    )
    await made.sql.query('UPDATE webhook_delivery SET payload = $2 WHERE id = $1', [
      first?.id ?? '',
      Buffer.from('forged'),
    ])
    await made.webhooks.start()
    await made.settled()
    expect(orderIn('c1', made.receiver.received)).toEqual([2])
    expect((await states(made))[0]).toEqual({ state: 'dead', error: 'gave-up: cannot be opened' })
  })

  it('all dead letters are driven again, in their old order and before what came later', async () => {
    const made = await stage(driver, { settings: { attempts: 1, slowMs: 0 }, answer: () => 500 })
    await made.put(...upTo(130).map((n) => notice(`c${n % 2}`, n)))
    await made.settled()
    const dead = await made.webhooks.deliveries('crm', { state: 'dead', limit: 1_000 })
    expect(dead).toHaveLength(130)
    expect(dead[0]).toEqual({
      id: expect.any(String),
      type: 'message.received',
      lane: 'c0',
      pool: 'sales',
      state: 'dead',
      attempts: 1,
      createdAt: expect.any(Number),
      nextAt: null,
      endedAt: expect.any(Number),
      error: 'gave-up: http 500',
    })
    await made.webhooks.stop()
    await made.put(notice('c1', 999))
    expect(await made.webhooks.redrive('crm', null, ops)).toEqual({ redriven: 130, left: 0, hurried: 0 })
    made.receiver.answer = () => 204
    await made.another()
    await made.settled()
    expect(orderIn('c0', made.receiver.taken)).toEqual(upTo(130).filter((n) => n % 2 === 0))
    expect(orderIn('c1', made.receiver.taken)).toEqual([...upTo(130).filter((n) => n % 2 === 1), 999])
    expect(made.events.of('webhook.redriven')).toMatchObject([{ webhook: 'crm', count: 130, who: 'ops' }])
  })

  it('named dead letters only, each once, and nothing that is not dead', async () => {
    const made = await stage(driver, {
      settings: { attempts: 1 },
      answer: ({ body }) => (body.data.n <= 3 ? 500 : 204),
    })
    await made.put(...upTo(4).map((n) => notice('c1', n)))
    await made.settled()
    const dead = (await made.webhooks.deliveries('crm', { state: 'dead', limit: 10 }))
      .map(({ id }) => id)
      .reverse()
    const [delivered] = await made.webhooks.deliveries('crm', { state: 'delivered', limit: 10 })
    made.receiver.answer = () => 204
    const ids = [dead[1], dead[1], dead[0], delivered?.id, 'nobody'] as string[]
    expect(await made.webhooks.redrive('crm', ids, ops)).toEqual({ redriven: 2, left: 0, hurried: 0 })
    await made.settled()
    expect(orderIn('c1', made.receiver.taken)).toEqual([4, 1, 2])
    expect((await made.webhooks.redrive('crm', ids, ops)).redriven).toBe(0)
    expect(made.events.of('webhook.redriven')).toHaveLength(1)
    expect((await made.webhooks.redrive('other', null, ops)).redriven).toBe(0)
  })

  it('driven again while it is delivered: never two of a lane at once', async () => {
    const made = await stage(driver, {
      settings: { attempts: 1 },
      answer: ({ body, attempt }) => (body.data.n % 3 === 0 && attempt === 1 ? 410 : 204),
      target: { concurrency: 16 },
    })
    const other = await made.another()
    let over = false
    const driving = (async () => {
      while (!over) {
        await other.redrive('crm', null, ops)
        await turn()
      }
    })()
    await made.put(...upTo(60).map((n) => notice(`c${n % 4}`, n)))
    made.receiver.answer = () => 204
    await until('all are delivered', async () => {
      const rows = await made.sql.query("SELECT id FROM webhook_delivery WHERE state <> 'delivered'")
      return rows.length === 0
    })
    over = true
    await driving
    expect(made.receiver.mostInOneLane()).toBe(1)
    expect(new Set(made.receiver.taken.map(({ body }) => body.data.n)).size).toBe(60)
  })

  it('beyond the limit the oldest die, are counted and said, and the rest is delivered in order', async () => {
    const made = await stage(driver, { idle: true, target: { limit: 150 } })
    await made.put(...upTo(400).map((n) => notice(`c${n % 5}`, n)))
    await made.webhooks.count()
    expect(made.events.of('webhook.dead')).toMatchObject([
      { why: 'overflow', count: 250, delivery: null, detail: 'more than 150 waited' },
    ])
    const [backlog] = made.webhooks.views().map((view) => view.backlog)
    // Dead letters have the same limit.
    expect(backlog).toMatchObject({ queued: 150, claimed: 0, dead: 150, oldestAt: expect.any(Number) })
    expect(made.events.of('webhook.dropped')).toMatchObject([{ webhook: 'crm', count: 100 }])
    await made.webhooks.start()
    await made.settled()
    for (const lane of upTo(5).map((n) => `c${n % 5}`))
      expect(orderIn(lane, made.receiver.taken)).toEqual(
        upTo(400).filter((n) => n > 250 && `c${n % 5}` === lane),
      )
    expect(await made.sql.query('SELECT lane FROM webhook_lane')).toEqual([])
    expect((await made.webhooks.deliveries('crm', { state: 'dead', limit: 1_000 })).length).toBe(150)
  })

  it('what is over goes after its time, what is not stays', async () => {
    const made = await stage(driver, {
      settings: { attempts: 1 },
      answer: ({ body }) => (body.data.n % 2 === 0 ? 500 : 204),
    })
    await made.put(...upTo(4).map((n) => notice('c1', n)))
    await made.settled()
    await made.webhooks.stop()
    await made.put(notice('c1', 5))
    const age = (ms: number) => made.sql.query('UPDATE webhook_delivery SET ended_at = ended_at - $1', [ms])
    const left = async () => (await states(made)).map(({ state }) => state)
    const keeper = new Keeper({ sql: made.sql, bus: made.bus, targets: [made.target] })
    await keeper.prune()
    expect(await left()).toEqual(['delivered', 'dead', 'delivered', 'dead', 'queued'])
    await age(KEEP_DELIVERED_MS + 1_000)
    await keeper.prune()
    expect(await left()).toEqual(['dead', 'dead', 'queued'])
    await age(KEEP_DEAD_MS - KEEP_DELIVERED_MS)
    await keeper.prune()
    expect(await left()).toEqual(['queued'])
  })

  it('what waits for a webhook that nobody configures any more dies after a day, and not before', async () => {
    const made = await stage(driver, { idle: true })
    await made.put(notice('c1', 1), notice('c2', 2), notice('c2', 3))
    const without = new Keeper({ sql: made.sql, bus: made.bus, targets: [{ id: 'other', limit: 10 }] })
    await without.prune()
    expect(made.events.of('webhook.dead')).toEqual([])
    await made.sql.query('UPDATE webhook_delivery SET expires_at = expires_at - $1', [GIVE_UP_MS + 1_000])
    // A process had taken one and died.
    await made.sql.query("UPDATE webhook_delivery SET state = 'claimed' WHERE lane = 'c1'")
    // Its own keeper leaves them: they are late, and still to be tried.
    await new Keeper({ sql: made.sql, bus: made.bus, targets: [made.target] }).prune()
    expect(made.events.of('webhook.dead')).toEqual([])
    await without.prune()
    expect(made.events.of('webhook.dead')).toMatchObject([{ webhook: 'crm', why: 'removed', count: 3 }])
    expect(await made.sql.query('SELECT lane FROM webhook_lane')).toEqual([])
  })

  it('is driven again only as far as there is room: nothing that was opened dies of the limit', async () => {
    const made = await stage(driver, { idle: true, target: { limit: 10 } })
    await made.put(...upTo(17).map((n) => notice(`c${n}`, n)))
    await made.sql.query(
      `UPDATE webhook_delivery SET state = 'dead', open = 0, ended_at = 1, error = 'gave-up: http 500'
       WHERE id IN (SELECT id FROM webhook_delivery ORDER BY id LIMIT 10)`,
    )
    expect(await made.webhooks.redrive('crm', null, ops)).toEqual({ redriven: 3, left: 7, hurried: 0 })
    expect(await made.webhooks.redrive('crm', null, ops)).toEqual({ redriven: 0, left: 7, hurried: 0 })
    const dead = await made.webhooks.deliveries('crm', { state: 'dead', limit: 10 })
    expect(new Set(dead.map(({ lane }) => lane))).toEqual(new Set(upTo(7).map((n) => `c${n + 3}`)))
    const ids = dead.map(({ id }) => id).slice(0, 2)
    expect(await made.webhooks.redrive('crm', ids, ops)).toEqual({ redriven: 0, left: 2, hurried: 0 })
    await made.webhooks.count()
    expect(made.events.of('webhook.dead')).toEqual([])
    expect(made.webhooks.views()[0]?.backlog).toMatchObject({ queued: 10, dead: 7 })
  })

  it('what a renamed webhook left is seen under its old id, counted and said once, and not driven', async () => {
    const made = await stage(driver, { idle: true })
    await made.put(notice('c1', 1), notice('c2', 2), notice('c3', 3))
    await made.sql.query(
      "UPDATE webhook_delivery SET state = 'dead', open = 0, ended_at = created_at WHERE lane = 'c1'",
    )
    const renamed = await made.another({ ...made.target, id: 'crm2' })
    await renamed.count()
    await renamed.count()
    expect(renamed.views()).toMatchObject([
      { id: 'crm2', origin: new URL(made.target.url).origin },
      { id: 'crm', origin: null, backlog: { queued: 2, claimed: 0, dead: 1, oldestAt: expect.any(Number) } },
    ])
    expect(made.events.of('webhook.removed')).toMatchObject([{ webhook: 'crm', waiting: 2, dead: 1 }])
    expect(await renamed.deliveries('crm', { state: 'dead', limit: 10 })).toMatchObject([{ lane: 'c1' }])
    expect(await renamed.redrive('crm', null, ops)).toEqual({ redriven: 0, left: 0, hurried: 0 })
    await made.sql.query('DELETE FROM webhook_delivery')
    await renamed.count()
    expect(renamed.views().map(({ id }) => id)).toEqual(['crm2'])
    expect(made.receiver.received).toEqual([])
  })

  it('what is wanted no more is not posted, and its lane goes on; what is new is left to another agent', async () => {
    const made = await stage(driver, { idle: true })
    await made.put(notice('c1', 1, { pool: 'hr' }), notice('c1', 2), notice('c2', 3, { pool: 'hr' }))
    await made.sql.query('UPDATE webhook_delivery SET created_at = created_at - $1', [usual.othersMs])
    await made.put(notice('c3', 4, { pool: 'hr' }))
    const narrow = await made.another({ ...made.target, pools: ['sales'] })
    await made.events.first('webhook.dead', { where: () => made.events.of('webhook.dead').length === 2 })
    await until('the rest is posted', () => made.receiver.taken.length === 1)
    expect(made.receiver.received.map(({ body }) => body.data.n)).toEqual([2])
    expect(made.events.of('webhook.dead')).toMatchObject([
      { why: 'removed', detail: 'the webhook no longer wants it', ms: null },
      { why: 'removed', detail: 'the webhook no longer wants it', ms: null },
    ])
    const [left] = await narrow.deliveries('crm', { state: 'queued', limit: 10 })
    expect(left).toMatchObject({ lane: 'c3', attempts: 0 })
    await narrow.stop()
    // Its pause is of the agent that does not want it.
    await made.webhooks.start()
    await made.webhooks.redrive('crm', null, ops)
    await until('who wants it posts it', () => made.receiver.taken.some(({ body }) => body.data.n === 4))
  })

  it('an attempt counts although nobody judged it, and not where an orderly stop cut it off', async () => {
    const made = await stage(driver, { idle: true, answer: () => 'hang', target: { timeoutMs: 60_000 } })
    await made.put(notice('c1', 1), notice('c1', 2))
    await made.sql.query(
      'UPDATE webhook_delivery SET attempts = 20 WHERE id = (SELECT MIN(id) FROM webhook_delivery)',
    )
    await made.webhooks.start()
    await until('the second one is asked', () => made.receiver.received.length === 1)
    expect(made.receiver.received[0]).toMatchObject({ attempt: 1, body: { data: { n: 2 } } })
    expect(made.events.of('webhook.dead')).toMatchObject([{ why: 'gave-up', attempts: 20, ms: null }])
    await made.webhooks.stop()
    expect(await made.webhooks.deliveries('crm', { state: 'queued', limit: 10 })).toMatchObject([
      { attempts: 0, error: 'the agent stopped' },
    ])
  })
})
