// Whatever holds the store and however the receiver behaves: what was committed is delivered, in the order of its lane, at least once.

import { createHmac } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { StoreError } from '../../agent/store/sql.ts'
import { type Behaviour, startReceiver } from '../harness/receiver.ts'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { notice, orderIn, SECRET, stage, upTo } from './webhooks.ts'

onBothDrivers((driver) => {
  it('a notice arrives signed, with its id, its attempt and its body, and leaves the store', async () => {
    const { put, settled, receiver, sql, events } = await stage(driver)
    await put(notice('c1', 1))
    await settled()
    const [came] = receiver.received
    expect(came?.body).toEqual({
      id: came?.id,
      type: 'message.received',
      at: '2026-11-21T00:00:00.001Z',
      account: 'uae-1',
      pool: 'sales',
      data: { lane: 'c1', n: 1 },
    })
    expect(came?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect(came?.attempt).toBe(1)
    expect(came?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'linda-webhook/1',
    })
    const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(came?.signature ?? '') ?? []
    expect(v1).toBe(createHmac('sha256', SECRET).update(`${t}.${came?.raw}`).digest('hex'))
    expect(Math.abs(Date.now() / 1_000 - Number(t))).toBeLessThan(30)
    expect(await sql.query('SELECT state, payload FROM webhook_delivery')).toEqual([
      { state: 'delivered', payload: new Uint8Array() },
    ])
    expect(await sql.query('SELECT lane FROM webhook_lane')).toEqual([])
    expect(events.of('webhook.delivered', 'uae-1')).toMatchObject([{ webhook: 'crm', attempts: 1 }])
  })

  it('what is rolled back is never sent, what is not woken is', async () => {
    const { webhooks, sql, receiver, settled } = await stage(driver)
    const [lost, kept] = [
      await webhooks.prepare([notice('c1', 1)]),
      await webhooks.prepare([notice('c1', 2)]),
    ]
    const undone = sql.transaction(async (tx) => {
      await webhooks.insert(tx, lost)
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    await sql.transaction((tx) => webhooks.insert(tx, kept))
    await settled()
    expect(orderIn('c1', receiver.taken)).toEqual([2])
  })

  it('only what it wants: by event and by pool', async () => {
    const { put, settled, receiver } = await stage(driver, {
      target: { events: ['message.state'], pools: ['support'] },
    })
    await put(
      notice('c1', 1),
      notice('c1', 2, { type: 'message.state' }),
      notice('c1', 3, { type: 'message.state', pool: 'support' }),
      notice('c1', 4, { pool: 'support' }),
    )
    await settled()
    expect(receiver.received.map(({ body }) => body.data.n)).toEqual([3])
  })

  describe('a receiver that', () => {
    it.each<[string, Behaviour, string]>([
      ['answers 500', 500, 'http 500'],
      ['answers 404', 404, 'http 404'],
      ['hangs', 'hang', 'no answer within 600 ms'],
      ['sends its head byte by byte', 'slow-head', 'no answer within 600 ms'],
      ['resets the connection', 'reset', 'ECONNRESET'],
      ['closes it in the middle of the head', 'cut', 'UND_ERR_SOCKET'],
      ['asks to come back later', { status: 503, headers: { 'retry-after': '0' } }, 'http 503'],
    ])('%s gets it again, under the same id, and the lane waits', async (_, behaviour, detail) => {
      const { put, settled, receiver, events } = await stage(driver, {
        // Long enough for a busy machine to answer what is answered.
        target: { timeoutMs: detail.startsWith('no answer') ? 600 : 10_000 },
        answer: ({ body, attempt }) => (body.data.n === 2 && attempt < 3 ? behaviour : 204),
      })
      await put(...upTo(4).map((n) => notice('c1', n)))
      await settled()
      expect(orderIn('c1', receiver.taken)).toEqual(upTo(4))
      const again = receiver.received.filter(({ body }) => body.data.n === 2)
      expect(again.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
      expect(new Set(again.map(({ id }) => id)).size).toBe(1)
      expect(new Set(again.map(({ raw }) => raw)).size).toBe(1)
      expect(events.of('webhook.failed').map((event) => event.detail)).toEqual([detail, detail])
      expect(receiver.mostInOneLane()).toBe(1)
    })

    it('redirects is not followed', async () => {
      const elsewhere = await startReceiver()
      const { put, settled, receiver } = await stage(driver, {
        answer: ({ attempt }) => (attempt < 2 ? { status: 301, headers: { location: elsewhere.url } } : 204),
      })
      await put(notice('c1', 1))
      await settled()
      expect(receiver.received.map(({ attempt }) => attempt)).toEqual([1, 2])
      expect(elsewhere.received).toEqual([])
      await elsewhere.close()
    })

    it.each(['huge', 'cut-body'] as const)(
      'answers 200 with a body that is %s has taken it',
      async (body) => {
        const { put, settled, receiver } = await stage(driver, { answer: () => body })
        await put(notice('c1', 1), notice('c1', 2))
        await settled()
        expect(receiver.received.map(({ body: { data } }) => data.n)).toEqual([1, 2])
        // What the network holds on its way; not what it could have sent meanwhile.
        expect(receiver.sent()).toBeLessThan(64 * 1024 * 1024)
      },
    )

    it('nobody listens any more is tried until it is back', async () => {
      const { put, settled, receiver, events, webhooks, sql } = await stage(driver, { idle: true })
      await put(notice('c1', 1))
      const { port } = new URL(receiver.url)
      await receiver.close()
      await webhooks.start()
      await events.first('webhook.failed', { where: ({ detail }) => detail === 'ECONNREFUSED' })
      expect(await sql.query("SELECT error FROM webhook_delivery WHERE error <> ''")).toEqual([
        { error: 'ECONNREFUSED' },
      ])
      const { createServer } = await import('node:http')
      const back = createServer((_, response) => response.writeHead(204).end())
      await new Promise<void>((resolve) => back.listen(Number(port), '127.0.0.1', resolve))
      await settled()
      back.closeAllConnections()
      back.close()
    })
  })

  it('a lane whose head waits does not hold up the others', async () => {
    const { put, receiver, sql } = await stage(driver, {
      settings: { firstPauseMs: 60_000, longestPauseMs: 60_000 },
      answer: ({ body }) => (body.data.lane === 'bad' ? 500 : 204),
    })
    await put(notice('bad', 1), notice('bad', 2))
    await put(...upTo(20).map((n) => notice('good', n)))
    await until('the good lane is through', () => orderIn('good', receiver.taken).length === 20)
    expect(orderIn('good', receiver.taken)).toEqual(upTo(20))
    expect(await sql.query("SELECT state FROM webhook_delivery WHERE lane = 'bad'")).toEqual([
      { state: 'queued' },
      { state: 'queued' },
    ])
  })

  it('however many lanes always fail, a lane that does not is delivered next but one', async () => {
    const { put, receiver } = await stage(driver, {
      settings: { attempts: 100_000 },
      answer: ({ body }) => (body.data.lane === 'good' ? 204 : 500),
    })
    await put(...upTo(60).map((n) => notice(`bad${n}`, n)))
    const lanes = () => new Set(receiver.received.map(({ body }) => body.data.lane)).size
    await until('each has failed', () => lanes() === 60)
    await put(notice('good', 1))
    const before = receiver.received.length
    const place = await until('the good lane is through', () => {
      const at = receiver.received.findIndex(({ body }) => body.data.lane === 'good')
      return at >= 0 ? at - before : null
    })
    expect(place).toBeLessThan(8)
  })

  it('what waits after failures is tried as soon as one succeeds again, and then not for a while', async () => {
    const { put, settled, receiver, events, webhooks, sql } = await stage(driver, {
      settings: { firstPauseMs: 600_000, longestPauseMs: 600_000 },
      answer: () => 500,
    })
    await put(...upTo(12).map((n) => notice(`c${n}`, n)))
    await until('all have failed', () => events.of('webhook.failed').length === 12)
    receiver.answer = () => 204
    await put(notice('fresh', 13))
    await settled()
    // The second time within the half hour they wait, until a person says that it works.
    receiver.answer = () => 500
    await put(...upTo(12).map((n) => notice(`c${n}`, n)))
    await until('all have failed again', () => events.of('webhook.failed').length === 24)
    receiver.answer = () => 204
    await put(notice('fresh', 14))
    await until('the fresh lane is through', () => orderIn('fresh', receiver.taken).length === 2)
    expect(await sql.query("SELECT id FROM webhook_delivery WHERE state = 'queued'")).toHaveLength(12)
    const done = await webhooks.redrive('crm', null, { who: 'ops', origin: 'test' })
    expect(done).toEqual({ redriven: 0, left: 0, hurried: 12 })
    await settled()
    expect(await sql.query("SELECT who FROM audit WHERE what = 'webhook.hurry'")).toEqual([{ who: 'ops' }])
  })

  it('no more are under way than it allows, and as many as it allows', async () => {
    let now = 0
    let most = 0
    const { promise: three, resolve: reached } = Promise.withResolvers<void>()
    const { put, settled } = await stage(driver, {
      target: { concurrency: 3 },
      answer: async () => {
        most = Math.max(most, ++now)
        if (most === 3) reached()
        // The first ones wait for the third; from then on a fourth would be seen.
        await three
        await new Promise<void>((resolve) => setTimeout(resolve, 10))
        now -= 1
        return 204
      },
    })
    await put(...upTo(30).map((n) => notice(`c${n}`, n)))
    await settled()
    expect(most).toBe(3)
  })

  it('two processes, a receiver that fails at random: every lane in order, one at a time, nothing lost', async () => {
    let draw = 7
    const random = (): number => {
      draw = (draw * 16_807) % 2_147_483_647
      return draw / 2_147_483_647
    }
    const ways: Behaviour[] = [500, 'reset', 'cut', 503, 301]
    const { put, settled, receiver, another, webhooks, sql } = await stage(driver, {
      target: { concurrency: 8 },
      settings: { attempts: 1_000 },
      answer: () => (random() < 0.3 ? (ways[Math.floor(random() * ways.length)] as Behaviour) : 200),
    })
    const other = await another()
    const lanes = upTo(8).map((n) => `c${n}`)
    // Both write too: a lane's order is that of the commits.
    for (const n of upTo(15))
      await Promise.all(
        lanes.map(async (lane) => {
          const by = n % 2 === 0 ? webhooks : other
          const rows = await by.prepare([notice(lane, n)])
          await sql.transaction((tx) => by.insert(tx, rows))
          by.wake()
        }),
      )
    await put(notice('last', 1))
    await settled(25_000)
    for (const lane of lanes) expect(orderIn(lane, receiver.taken)).toEqual(upTo(15))
    expect(receiver.mostInOneLane()).toBe(1)
    expect(receiver.taken).toHaveLength(15 * lanes.length + 1)
    expect(await sql.query('SELECT lane FROM webhook_lane')).toEqual([])
  })

  it('stopped and started at any moment: nothing is lost, and the order stays', async () => {
    const { put, settled, receiver, webhooks, another } = await stage(driver, {
      answer: async ({ body }) => {
        await new Promise<void>((resolve) => setTimeout(resolve, body.data.n % 7))
        return body.data.n % 5 === 0 ? 'hang' : 204
      },
      settings: { stopGraceMs: 5 },
      target: { timeoutMs: 60_000 },
    })
    await put(...upTo(40).map((n) => notice(`c${n % 3}`, n)))
    await webhooks.stop()
    for (let round = 0; round < 6; round++) {
      const next = await another()
      await until('it has begun', () => receiver.received.length > round)
      await next.stop()
    }
    receiver.answer = () => 204
    await another()
    await settled()
    for (const lane of ['c0', 'c1', 'c2'])
      expect(orderIn(lane, receiver.taken)).toEqual(upTo(40).filter((n) => `c${n % 3}` === lane))
  })

  it('an outcome that the store does not take at first is written down later, without another delivery', async () => {
    const { put, settled, receiver, webhooks, sql } = await stage(driver, { idle: true })
    await put(notice('c1', 1), notice('c1', 2))
    const transaction = sql.transaction.bind(sql)
    let calls = 0
    vi.spyOn(sql, 'transaction').mockImplementation((work, options) => {
      // The first takes the head, the second to fourth write down that it is delivered: they come as far as the commit.
      if (++calls === 1 || calls > 4) return transaction(work, options)
      return transaction(async (tx) => {
        await work(tx)
        throw new StoreError('the store went away here')
      }, options)
    })
    await webhooks.start()
    await settled()
    expect(receiver.received.map(({ body }) => body.data.n)).toEqual([1, 2])
  })

  it('a lane whose holder died is taken over when its time is over', async () => {
    const { put, settled, receiver, webhooks, sql } = await stage(driver, { idle: true })
    await put(notice('c1', 1), notice('c1', 2))
    await sql.query('UPDATE webhook_lane SET held_until = $1', [Date.now() + 300])
    await sql.query("UPDATE webhook_delivery SET state = 'claimed', attempts = 1 WHERE lane = 'c1'")
    const from = performance.now()
    await webhooks.start()
    await settled()
    // A file belongs to one process: there nobody else can hold it.
    if (driver.name === 'postgres') expect(performance.now() - from).toBeGreaterThan(250)
    expect(receiver.received.map(({ attempt }) => attempt)).toEqual([2, 2])
  })

  it('who lost its lane meanwhile writes nothing down', async () => {
    let go = (): void => {}
    const wait = new Promise<void>((resolve) => {
      go = resolve
    })
    const { put, settled, receiver, sql, events } = await stage(driver, {
      answer: async ({ attempt, body }) => {
        if (attempt > 1 || body.data.n > 1) return 204
        await wait
        return 410
      },
    })
    await put(notice('c1', 1))
    await until('it is under way', () => receiver.received.length === 1)
    // As if it had been frozen for longer than it held the lane.
    await sql.query('UPDATE webhook_lane SET held_until = 1')
    await until('somebody else delivers it', () => receiver.taken.length === 1)
    await settled()
    go()
    await put(notice('c1', 2))
    await settled()
    expect(events.of('webhook.dead')).toEqual([])
    expect(await sql.query('SELECT state FROM webhook_delivery ORDER BY id')).toEqual([
      { state: 'delivered' },
      { state: 'delivered' },
    ])
  })
})
