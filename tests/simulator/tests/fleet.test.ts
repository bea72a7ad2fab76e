// Many accounts at once: made quickly, connected once each, and the ledger shows how fast they came.
import { expect, test } from 'vitest'
import { authOf } from './bare.ts'
import { stage } from './stage.ts'

test('200 paired accounts are made in one request, each with a phone of its own', async () => {
  const { client } = await stage()
  const accounts = await client.createAccounts({ count: 200 })
  expect(new Set(accounts.map(({ phone }) => phone)).size).toBe(200)
  expect(await client.state()).toMatchObject({ accounts: 200, linked: 200, connections: 0 })
})

test('30 accounts connect, write and are written to; the books balance', { timeout: 30_000 }, async () => {
  const { client, connect } = await stage()
  const accounts = await client.createAccounts({ count: 30 })
  const sockets = accounts.map((account) => connect(authOf(account)))
  await Promise.all(
    sockets.map((bare) =>
      bare.until('open', () => bare.updates.some((u) => u.connection === 'open'), 20_000),
    ),
  )
  await Promise.all(
    sockets.map(async (bare, n) => {
      const { phone } = accounts[n] ?? { phone: '' }
      const contact = `49151000001${String(n).padStart(2, '0')}`
      const id = await bare.send(contact, `from ${phone}`)
      await bare.acked(id)
      await client.send({ from: contact, to: phone, text: `to ${phone}` })
      await bare.text(`to ${phone}`)
    }),
  )
  const summary = await client.summary()
  expect(summary).toMatchObject({
    connections: 30,
    openNow: 30,
    maxOpenPerAccount: 1,
    overlaps: 0,
    undecryptable: 0,
  })
  expect(summary.messages).toMatchObject({ received: 30, distinctTexts: 30, acked: 30, duplicatesById: 0 })
  expect(summary.inbound).toMatchObject({ sent: 30, delivered: 30 })
  // How fast they came depends on the machine: the figure is held against the connections themselves.
  const opened = (await client.connections()).map(({ openedAt }) => openedAt)
  const most = Math.max(...opened.map((at) => opened.filter((o) => o >= at && o < at + 1_000).length))
  expect(summary.connectsPerSecond.max).toBe(most)
})
