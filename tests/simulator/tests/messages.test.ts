// Messages both ways under real encryption: acknowledged, receipted, stored while offline, and asked for again when unreadable.
import { expect, test } from 'vitest'
import { eventually, stage } from './stage.ts'

const contact = '4915100000001'

test('a message is read by the contact, acknowledged, delivered and read', async () => {
  const { client, open } = await stage()
  await client.setContact(contact, { receipts: 'read', receiptDelayMs: 250 })
  const { account, bare } = await open()
  const id = await bare.send(contact, 'good morning')
  expect((await bare.acked(id)).error).toBeUndefined()
  await bare.status(id, 3)
  await bare.status(id, 4)
  const [record] = await client.messages(account.phone)
  expect(record).toMatchObject({ id, to: contact, times: 1, resends: 0, failed: [], error: null })
  expect(record?.texts).toEqual({ [contact]: 'good morning', [account.phone]: 'good morning' })
})

test('a contact writes, and the receipt comes back', async () => {
  const { client, open } = await stage()
  const { account, bare } = await open()
  const ids = await client.send({ from: `+${contact}`, to: account.phone, text: 'hello', count: 3 })
  expect(ids).toHaveLength(3)
  await bare.text('hello 3')
  expect(bare.texts()).toEqual(['hello 1', 'hello 2', 'hello 3'])
  const { inbound } = await eventually('receipts', async () => {
    const summary = await client.summary()
    return summary.inbound.pending === 0 && summary
  })
  expect(inbound).toEqual({ sent: 3, delivered: 3, receipted: 3, pending: 0 })
})

test('what is sent while the account is offline waits for it, in order and marked as such', async () => {
  const { client, account, connect } = await stage()
  const { account: one, auth } = await account()
  await client.send({ from: contact, to: one.phone, text: 'early', count: 5 })
  expect((await client.summary()).inbound).toMatchObject({ sent: 5, delivered: 0, pending: 5 })
  const bare = connect(auth)
  await bare.text('early 5')
  expect(bare.texts()).toEqual([1, 2, 3, 4, 5].map((n) => `early ${n}`))
  expect(new Set(bare.received.map(({ type }) => type))).toEqual(new Set(['append']))
  await bare.open()
  await eventually('receipts', async () => (await client.accounts())[0]?.pending === 0)
})

test('what was delivered without a receipt is delivered again at the next login', async () => {
  const { client, open, connect } = await stage()
  const { account, auth, bare } = await open()
  await client.fault({ account: account.phone, fault: { kind: 'stall' } })
  const [id] = await client.send({ from: contact, to: account.phone, text: 'lost on the way' })
  await bare.end()
  await client.endFaults()
  const again = connect(auth)
  await again.text('lost on the way')
  await eventually('receipt', async () => (await client.accounts())[0]?.pending === 0)
  const record = (await client.inbound(account.phone)).find((one) => one.id === id)
  expect(record?.deliveries).toBeGreaterThanOrEqual(1)
})

test('an unreadable message is asked for again and then read', async () => {
  const { client, open } = await stage()
  const { account, bare } = await open()
  await client.send({ from: contact, to: account.phone, text: 'begins a session' })
  await bare.text('begins a session')
  for (const text of ['spoiled once', 'spoiled twice']) {
    const [id] = await client.send({ from: contact, to: account.phone, text, corrupt: true })
    await bare.text(text)
    const record = (await client.inbound()).find((one) => one.id === id)
    expect(record?.receipts).toContain('retry')
    expect(record?.deliveries).toBe(2)
  }
})

test('the first message of a contact can be unreadable too', async () => {
  const { client, open } = await stage()
  const { account, bare } = await open()
  await client.send({ from: contact, to: account.phone, text: 'spoiled', corrupt: true })
  await bare.text('spoiled')
})

test('an unreadable message of somebody who sends nothing again stays unreadable', async () => {
  const { client, open } = await stage()
  const { account, bare } = await open()
  const [id] = await client.send({
    from: contact,
    to: account.phone,
    text: 'lost',
    corrupt: true,
    resends: false,
  })
  await eventually('it is asked for', async () =>
    (await client.inbound()).find((one) => one.id === id)?.receipts.includes('retry'),
  )
  await client.send({ from: contact, to: account.phone, text: 'later' })
  await bare.text('later')
  expect(bare.texts()).not.toContain('lost')
  expect((await client.inbound()).find((one) => one.id === id)?.deliveries).toBe(1)
})

test('a contact that cannot read a message asks for it, and gets it under the same id', async () => {
  const { client, open } = await stage()
  await client.setContact(contact, { deviceKeys: 'corrupt' })
  const { account, bare } = await open()
  const id = await bare.send(contact, 'second time lucky')
  const record = await eventually('resend', async () => {
    const [message] = await client.messages(account.phone)
    return message?.resends === 1 && message
  })
  expect(record).toMatchObject({ id, times: 1, resends: 1, failed: [] })
  expect(record.texts[contact]).toBe('second time lucky')
  const { undecryptable, messages } = await client.summary()
  expect({ undecryptable, duplicates: messages.duplicatesById }).toEqual({ undecryptable: 1, duplicates: 0 })
})

test('account to account, with the receipt on its way back', async () => {
  const { client, open } = await stage()
  const a = await open()
  const b = await open()
  const id = await a.bare.send(b.account.phone, 'from a to b')
  const { message } = await b.bare.text('from a to b')
  expect(message.key.remoteJid).toBe(`${a.account.phone}@s.whatsapp.net`)
  await a.bare.status(id, 3)
  await b.bare.send(a.account.phone, 'from b to a')
  await a.bare.text('from b to a')
  const [record] = await client.inbound(b.account.phone)
  expect(record).toMatchObject({ id, from: a.account.phone, text: 'from a to b' })
})

test('an account that lost its session asks the other account, and gets the message under the same id', async () => {
  const { client, open } = await stage()
  const a = await open()
  const b = await open()
  await b.bare.text(await a.bare.send(b.account.phone, 'first').then(() => 'first'))
  await a.bare.text(await b.bare.send(a.account.phone, 'reply').then(() => 'reply'))
  const lid = a.account.lid.replace(/@.*/, '').replace(':', '_1.')
  await b.auth.keys.set({ session: { [lid]: null } })
  const id = await a.bare.send(b.account.phone, 'once more')
  const { message } = await b.bare.text('once more')
  expect(message.key.id).toBe(id)
  const record = (await client.messages(a.account.phone)).find((one) => one.id === id)
  expect(record).toMatchObject({ times: 1, resends: 1 })
})

test('an account with routing information introduces itself differently and is understood', async () => {
  const { account, connect } = await stage()
  const { auth } = await account()
  auth.creds.routingInfo = Buffer.from([1, 2, 3])
  await connect(auth).open()
})

test('account to account while the other is offline', async () => {
  const { client, open, account, connect } = await stage()
  const a = await open()
  const b = await account()
  const id = await a.bare.send(b.account.phone, 'for later')
  await a.bare.acked(id)
  expect((await client.accounts()).find(({ phone }) => phone === b.account.phone)?.pending).toBe(1)
  await connect(b.auth).text('for later')
  await a.bare.status(id, 3)
})

test('the same id twice is one message, counted twice', async () => {
  const { client, open } = await stage()
  const { bare } = await open()
  const id = await bare.send(contact, 'once')
  await bare.acked(id)
  await bare.send(contact, 'once', id)
  await eventually('twice', async () => (await client.messages())[0]?.times === 2)
  const { messages } = await client.summary()
  expect(messages).toMatchObject({ received: 2, distinctIds: 1, duplicatesById: 1, sameTextTwoIds: 0 })
  await bare.send(contact, 'once')
  await eventually('two ids', async () => (await client.summary()).messages.sameTextTwoIds === 1)
})

test('a number that is not on WhatsApp is not found and gets nothing', async () => {
  const { client, open } = await stage()
  await client.setContact('4915100000009', { exists: false })
  const { account, bare } = await open()
  const found = await bare.sock.onWhatsApp('4915100000009', contact)
  expect(found).toEqual([{ jid: `${contact}@s.whatsapp.net`, exists: true }])
  const id = await bare.send('4915100000009', 'anybody?')
  await bare.acked(id)
  const [record] = await client.messages()
  expect(record?.texts).toEqual({ [account.phone]: 'anybody?' })
})

test('a contact without keys cannot be written to', async () => {
  const { client, open } = await stage()
  await client.setContact(contact, { deviceKeys: 'none' })
  const { bare } = await open()
  await expect(bare.send(contact, 'no keys')).rejects.toThrow()
})

test('a contact without receipts leaves a message at acknowledged', async () => {
  const { client, open } = await stage()
  await client.setContact(contact, { receipts: 'none' })
  const { account, bare } = await open()
  await bare.acked(await bare.send(contact, 'silence'))
  expect((await client.ledger()).filter((entry) => entry.kind === 'receipt-sent')).toEqual([])
  expect((await client.accounts())[0]).toMatchObject({ phone: account.phone, pending: 0 })
})

test('when pre-keys run low the server says so and Baileys uploads more', async () => {
  const { client, open } = await stage()
  const { account } = await open()
  await client.keepPreKeys(account.phone, 4)
  const upload = await eventually('upload', async () =>
    (await client.ledger()).find((entry) => entry.kind === 'pre-keys'),
  )
  expect(upload).toMatchObject({ account: account.phone, count: 5, total: 9 })
})

test('a second connection takes the place of the first', async () => {
  const { client, open, connect } = await stage()
  const { account, auth, bare } = await open()
  const second = connect(auth)
  expect(await bare.closed()).toBe(440)
  await second.open()
  const summary = await eventually('one open', async () => {
    const now = await client.summary()
    return now.openNow === 1 && now
  })
  expect(summary).toMatchObject({ overlaps: 1, replaced: 1, staleOverlaps: 0 })
  expect((await client.state()).online).toEqual([account.phone])
})
