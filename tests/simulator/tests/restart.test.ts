// Killed with SIGKILL and started again on the same ports and state: every account logs in, nothing is lost, ratchets go on.
import { expect, onTestFinished, test } from 'vitest'
import { spawnSimulator } from '../index.ts'
import { authOf, Bare, newAuth } from './bare.ts'
import { eventually } from './stage.ts'

const contact = '4915100000001'

async function spawned() {
  const simulator = await spawnSimulator({ seed: 5 })
  const sockets: Bare[] = []
  onTestFinished(async () => {
    for (const bare of sockets) void bare.end()
    await simulator.close()
  })
  const connect = (auth: ConstructorParameters<typeof Bare>[1]) => {
    const bare = new Bare(simulator.url, auth)
    sockets.push(bare)
    return bare
  }
  return { simulator, connect }
}

test('kill -9 in the middle of traffic, then everybody comes back', { timeout: 40_000 }, async () => {
  const { simulator, connect } = await spawned()
  const { client } = simulator
  const accounts = await client.createAccounts({ count: 4 })
  const auths = accounts.map(authOf)
  const first = auths.map(connect)
  await Promise.all(first.map((bare) => bare.open()))
  const sent = await Promise.all(first.map((bare, n) => bare.send(contact, `before ${n}`)))
  await Promise.all(first.map((bare, n) => bare.acked(sent[n] ?? '')))
  await client.send({ from: contact, to: accounts[0]?.phone ?? '', text: 'read before' })
  await first[0]?.text('read before')
  await first[3]?.end()
  await client.send({ from: contact, to: accounts[3]?.phone ?? '', text: 'waits through it' })
  const rootKey = (await client.state()).rootKey

  await simulator.kill('SIGKILL')
  for (const bare of first.slice(0, 3)) expect(await bare.closed()).toBe(428)
  await simulator.restart()
  expect((await client.state()).rootKey).toBe(rootKey)

  const second = auths.map(connect)
  await Promise.all(second.map((bare) => bare.open()))
  await second[3]?.text('waits through it')
  const ids = await Promise.all(second.map((bare, n) => bare.send(contact, `after ${n}`)))
  await Promise.all(second.map((bare, n) => bare.acked(ids[n] ?? '')))
  await client.send({ from: contact, to: accounts[0]?.phone ?? '', text: 'read after' })
  await second[0]?.text('read after')

  const summary = await client.summary()
  expect(summary).toMatchObject({ undecryptable: 0, overlaps: 0, maxOpenPerAccount: 1, openNow: 4 })
  expect(summary.messages).toMatchObject({ received: 8, distinctIds: 8, acked: 8, duplicatesById: 0 })
  const crashed = (await client.connections()).filter((record) => record.closedBy === 'crash')
  expect(crashed).toHaveLength(3)
})

test('an account linked by QR survives too, and SIGTERM ends the process cleanly', {
  timeout: 30_000,
}, async () => {
  const { simulator, connect } = await spawned()
  const auth = newAuth()
  const bare = connect(auth)
  expect(await simulator.client.scan('971505760056', await bare.qr())).toBe('linked')
  await bare.closed()
  await simulator.kill('SIGTERM')
  await simulator.restart()
  await connect(auth).open()
  const kinds = (await simulator.client.ledger()).map((entry) => entry.kind)
  expect(kinds.filter((kind) => kind === 'started')).toHaveLength(2)
  expect(kinds.filter((kind) => kind === 'stopped')).toHaveLength(1)
  await eventually('online', async () => (await simulator.client.state()).online.length === 1)
})
