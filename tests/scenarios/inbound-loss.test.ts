// Whatever WhatsApp has a receipt for is an inbound message: connections that drop, events that the library holds back, an orderly stop.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

const from = '+447946000001'
const HELD_BACK = 20

let scene: Scene
const phone = (account: string): string => scene.phones.get(account) as string
const received = (account: string) => scene.events.of('message.received', account)

beforeAll(async () => {
  scene = await openScene({ paired: 4 })
  await scene.allUp()
  for (const account of ['p1', 'p2', 'p3', 'p4']) {
    await scene.simulator.client.send({ to: phone(account), from, text: 'first' })
    await scene.events.first('message.received', { account })
  }
}, 30_000)
afterAll(() => scene?.close())

/** Receipted and never received, and how often each was handed on. */
async function books(account: string): Promise<{ lost: string[]; twice: string[]; receipted: number }> {
  const sent = await scene.simulator.client.inbound(phone(account))
  const ids = received(account).map(({ messageId }) => messageId)
  const receipted = sent.filter(({ receiptedAt }) => receiptedAt !== null)
  return {
    lost: receipted.filter(({ id }) => !ids.includes(id)).map(({ id }) => id),
    twice: ids.filter((id, i) => ids.indexOf(id) !== i),
    receipted: receipted.length,
  }
}

/** Logs in, and the server never says that what waited is over: the library acknowledges and holds back. */
async function holdBack(account: string): Promise<void> {
  const { client } = scene.simulator
  const opened = () => scene.events.of('session.opened', account).length
  const before = opened()
  const deaf = await client.fault({ account: phone(account), fault: { kind: 'deaf' } })
  await client.send({ to: phone(account), from, text: 'held back', count: HELD_BACK })
  await client.fault({ account: phone(account), fault: { kind: 'no-offline' } })
  await client.endFault(deaf.id)
  await client.fault({ account: phone(account), fault: { kind: 'reset' } })
  await until(`${account} opened again`, () => opened() > before)
  await until(`${account} acknowledged what waited`, async () => (await books(account)).receipted > HELD_BACK)
}

it('a connection that drops while messages come in', async () => {
  const { client } = scene.simulator
  const closed = () => scene.events.of('session.closed', 'p1').length
  for (let round = 1; round <= 5; round++) {
    const before = closed()
    const sending = [0, 1, 2, 3, 4, 5].map((n) =>
      client.send({ to: phone('p1'), from, text: `round ${round}, ${n}`, count: 5 }),
    )
    await until('some arrived', () => received('p1').length > (round - 1) * 30 + 3)
    await client.fault({ account: phone('p1'), fault: { kind: 'reset' } })
    await Promise.all(sending)
    await until('the connection dropped', () => closed() > before)
    await until('all were receipted', async () => (await books('p1')).receipted === 1 + 30 * round, 15_000)
  }
  await until('none is lost', async () => (await books('p1')).lost.length === 0)
  expect((await books('p1')).twice).toEqual([])
  expect(scene.events.of('message.undecryptable', 'p1')).toEqual([])
}, 60_000)

it('messages that the library holds back when the connection drops', async () => {
  await holdBack('p2')
  await scene.simulator.client.fault({ account: phone('p2'), fault: { kind: 'reset' } })
  await until('none is lost', async () => (await books('p2')).lost.length === 0)
  expect((await books('p2')).twice).toEqual([])
}, 30_000)

it('messages that the library holds back when the agent is stopped', async () => {
  await holdBack('p3')
  expect(received('p3').length).toBeLessThan(HELD_BACK)
  const { sql } = scene.context
  const stop = scene.context.fleet.stop()
  await stop
  expect(await books('p3')).toMatchObject({ lost: [], twice: [], receipted: 1 + HELD_BACK })
  const rows = await sql.query('SELECT wa_id FROM inbound WHERE account = $1', ['p3'])
  expect(rows).toHaveLength(1 + HELD_BACK)
  expect(await sql.query('SELECT account FROM decrypted')).toEqual([])
}, 30_000)
