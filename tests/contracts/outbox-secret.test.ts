// What the store says of messages to whoever reads its file: neither who is written to nor what; and what it tells those who may know.

import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { tellParked } from '../../agent/outbox/telling.ts'
import { transfer } from '../../agent/outbox/transfer.ts'
import { envelopeCipher } from '../../agent/store/cipher.ts'
import { type Sql, StoreError } from '../../agent/store/sql.ts'
import type { WebhookQueue } from '../../agent/webhooks/port.ts'
import { phoneWriter } from '../harness/phone-writer.ts'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { failed } from './outbox/phone.ts'
import { agentOn, newStore } from './outbox/stage.ts'

const DAY_MS = 24 * 3_600_000

onBothDrivers((driver) => {
  it('neither number nor text stands in it, and one number is two strangers in two pools', async () => {
    const url = await driver.url()
    const opened = await newStore(driver, url)
    const cipher = envelopeCipher(opened.sql, randomBytes(32))
    const agent = await agentOn(opened, { cipher })
    const [number, text] = ['447946777888', 'a text that nobody else reads']
    const there = {
      to: `+${number}`,
      content: { type: 'text' as const, text },
      body: `${number}${text}`,
      key: 'k',
    }
    const [one, two] = [await agent.accept(there), await agent.accept({ ...there, pool: 'bank', key: 'l' })]
    for (const { id } of [one, two]) await agent.ended(id)
    expect(one.conversation).not.toBe(two.conversation)
    const said = { text, kind: 'text' as const, refersTo: null }
    const inbound = { messageId: 'I1', ...phoneWriter(number), ...said, atMs: 1, offline: false }
    expect(await agent.path.inbound.keep('a', inbound)).toBe(true)
    expect(await agent.path.inbound.keep('a', inbound)).toBe(false)
    const [kept] = await opened.sql.query('SELECT * FROM inbound')
    // The same conversation in both directions.
    expect(kept?.conversation).toBe(one.conversation)
    const everything: string[] = []
    for (const table of ['message', 'conversation', 'inbound', 'audit'])
      for (const row of await opened.sql.query(`SELECT * FROM ${table}`))
        for (const value of Object.values(row))
          everything.push(value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value))
    if (driver.name === 'sqlite') {
      const file = url.replace('sqlite:', '')
      for (const name of readdirSync(dirname(file)).filter((name) => name.startsWith(basename(file))))
        everything.push(readFileSync(join(dirname(file), name)).toString('latin1'))
    }
    for (const value of everything) {
      expect(value.includes(number)).toBe(false)
      expect(value.includes(text)).toBe(false)
    }
    expect(JSON.stringify(opened.events.events)).not.toMatch(new RegExp(`${number}|${text}`))
  })

  it('the text is there for whoever asks again, seven days and a restart later, and then it is not', async () => {
    const opened = await newStore(driver)
    const cipher = envelopeCipher(opened.sql, Buffer.alloc(32, 7))
    const agent = await agentOn(opened, { cipher })
    const { id, wa_id } = await agent.accept({ content: { type: 'text', text: 'once more' } })
    await agent.ended(id)
    await opened.sql.query(`UPDATE message SET ended_at = ${Date.now() - 7 * DAY_MS + 60_000}`)
    await agent.stop()
    const next = await agentOn(opened, { cipher: envelopeCipher(opened.sql, Buffer.alloc(32, 7)) })
    await next.path.look()
    expect(await next.path.outbox.textOf(wa_id)).toBe('once more')
    await opened.sql.query(`UPDATE message SET ended_at = ${Date.now() - 7 * DAY_MS - 1}`)
    await next.stop()
    const last = await agentOn(opened, { cipher })
    await until('it is forgotten', async () => (await last.path.outbox.textOf(wa_id)) === undefined)
  })

  it('a store that is away while a text is to be opened makes no message unreadable; one that was changed is', async () => {
    const opened = await newStore(driver)
    const real = envelopeCipher(opened.sql, Buffer.alloc(32, 7))
    let away = false
    const refuse = async (): Promise<never> => {
      throw new StoreError('away')
    }
    const cipher: typeof real = {
      seal: real.seal,
      open: (...of) => (away ? refuse() : real.open(...of)),
      mac: (...of) => (away ? refuse() : real.mac(...of)),
    }
    const agent = await agentOn(opened, { cipher, route: () => 'a' })
    agent.phone().open = false
    const [good, bad] = [await agent.accept(), await agent.accept({ to: '+447946000002' })]
    await opened.sql.query('UPDATE message SET payload = $2 WHERE id = $1', [bad.id, randomBytes(64)])
    away = true
    agent.phone().open = true
    await agent.when(good.id, ({ code }) => code === 'no-key')
    away = false
    expect(await agent.ended(good.id)).toMatchObject({ state: 'acked', errors: 0 })
    expect(await agent.ended(bad.id)).toMatchObject({ state: 'failed', code: 'unreadable' })
  })

  it('webhooks hear of every end and of parking, in the same transaction, also with a key that was never asked for', async () => {
    const opened = await newStore(driver)
    const { webhooks, of, woken } = await recording(opened.sql)
    const agent = await agentOn(opened, { webhooks })
    agent.sql.fault = () => 'none'
    const acked = await agent.accept()
    await agent.ended(acked.id)
    agent.phone().open = false
    const [expired, cancelled] = [await agent.accept({ expiresAt: Date.now() + 100 }), await agent.accept()]
    await agent.path.outbox.cancel(cancelled.id, { who: 'me', origin: 'test' })
    await agent.ended(expired.id)
    expect(await Promise.all([acked, expired, cancelled].map(({ id }) => of(id)))).toEqual([
      ['acked'],
      ['parked', 'expired'],
      ['parked', 'failed'],
    ])
    expect(woken()).toBeGreaterThanOrEqual(5)
  })

  it('webhooks hear when a message came, not when the store was there to take it', async () => {
    const opened = await newStore(driver)
    const { webhooks, times } = await recording(opened.sql)
    await webhooks.prepare([])
    const agent = await agentOn(opened, { webhooks })
    const said = { text: 'hello', kind: 'text' as const, refersTo: null }
    const inbound = { messageId: 'I1', ...phoneWriter('447946777888'), ...said, atMs: 1, offline: false }
    agent.sql.fault = () => 'commit'
    await expect(agent.path.inbound.keep('a', inbound)).rejects.toThrow(StoreError)
    const came = Date.now()
    await until('the clock goes on', () => Date.now() > came + 1)
    agent.sql.fault = () => 'none'
    expect(await agent.path.inbound.keep('a', inbound)).toBe(true)
    const [at] = await times()
    expect(at).toBeLessThanOrEqual(came)
  })

  it('webhooks hear when a message is parked no more, when it is sent again, and when a transfer parks it', async () => {
    const opened = await newStore(driver)
    const { webhooks, of } = await recording(opened.sql)
    await webhooks.prepare([])
    const agent = await agentOn(opened, { webhooks })
    agent.phone().open = false
    const parked = await agent.accept()
    agent.phone().open = true
    await agent.ended(parked.id)
    expect(await of(parked.id)).toEqual(['parked', 'queued', 'acked'])

    agent.phone().answer = () => Promise.reject(failed('not-on-whatsapp'))
    const again = await agent.accept()
    await agent.ended(again.id)
    agent.phone().answer = async () => 1
    await agent.path.outbox.resend(again.id, { who: 'me', origin: 'test', expiresAt: Date.now() + 60_000 })
    await agent.ended(again.id)
    expect(await of(again.id)).toEqual(['failed', 'queued', 'acked'])

    const other = await agentOn(opened, { webhooks, accounts: ['b'], start: false, route: () => 'b' })
    const [first, second, bound] = [
      await other.accept(),
      await other.accept({ notBefore: Date.now() + 60_000 }),
      await other.accept({ account: 'b' }),
    ]
    const to = { id: 'f', pool: 'sales', from: 'b', to: null, graceMs: 0, now: Date.now() }
    await opened.sql.transaction((tx) => transfer(tx, { ...to, tell: tellParked(webhooks) }))
    expect(await Promise.all([first, second, bound].map(({ id }) => of(id)))).toEqual([['parked'], [], []])
    expect((await other.row(first.id)).state).toBe('parked')
  })
})

/** Keeps what webhooks are told in a table of the same store. */
async function recording(sql: Sql) {
  await sql.query('CREATE TABLE told (n BIGINT, at BIGINT, id TEXT, state TEXT)')
  let warm = false
  let woken = 0
  let n = 0
  const rows = new Map<string, { id: string; state: string }>()
  const webhooks: WebhookQueue = {
    // As the real one: the key of a webhook comes from the store, which cannot be asked inside a transaction.
    async prepare(notices) {
      if (!warm) await sql.query('SELECT 1 AS one')
      warm = true
      return notices.map(({ data, pool, lane, type, at }, i) => {
        const id = `${at}-${i}-${Math.random()}`
        rows.set(id, data as { id: string; state: string })
        return { id, webhook: 'w', lane, type, pool, createdAt: at, payload: new Uint8Array() }
      })
    },
    async insert(tx, deliveries) {
      for (const each of deliveries)
        await tx.query('INSERT INTO told (n, at, id, state) VALUES ($1, $2, $3, $4)', [
          ++n,
          each.createdAt,
          rows.get(each.id)?.id ?? '',
          rows.get(each.id)?.state ?? 'received',
        ])
    },
    wake: () => {
      woken += 1
    },
  }
  /** The states that were told of a message. */
  const of = async (id: string): Promise<string[]> =>
    (await sql.query<{ state: string }>('SELECT state FROM told WHERE id = $1 ORDER BY n', [id])).map(
      ({ state }) => state,
    )
  const times = async (): Promise<number[]> =>
    (await sql.query<{ at: number }>('SELECT at FROM told ORDER BY n')).map(({ at }) => at)
  return { webhooks, of, times, woken: () => woken }
}
