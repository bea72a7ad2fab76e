// Sending and receiving over the wire: only an acknowledgement counts as sent, and what is unknown is called unknown.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mintMessageId } from '../../agent/session/message-id.ts'
import type { Inbound, SendError } from '../../agent/session/socket.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

const to = '447946000001@s.whatsapp.net'

describe('messages', () => {
  let scene: Scene
  const inbound: { account: string; message: Inbound }[] = []
  const session = (account: string) => {
    const found = scene.context.fleet.find(account)?.session
    if (!found) throw new Error(`no ${account}`)
    return found
  }
  const phone = (account: string): string => scene.phones.get(account) as string
  const send = (account: string, text: string, messageId = mintMessageId()) =>
    session(account).send({ messageId, to, text })
  const failure = (promise: Promise<unknown>): Promise<SendError> =>
    promise.then(
      () => expect.fail('was sent'),
      (e) => e,
    )

  beforeAll(async () => {
    scene = await openScene({
      paired: 12,
      settings: {
        sendDeadlineMs: 6_000,
        acksWithheldMs: 3_000,
        acksWithheldCount: 2,
        ackDeadlineMs: 500,
        queryTimeoutMs: 1_000,
      },
      overrides: { onInbound: (account, message) => inbound.push({ account, message }) },
    })
    await scene.allUp(30_000)
  }, 60_000)
  afterAll(() => scene?.close())

  it('resolves on the acknowledgement and follows the receipts', async () => {
    await scene.simulator.client.setContact('447946000001', { receipts: 'read', receiptDelayMs: 20 })
    const messageId = mintMessageId()
    expect(await send('p1', 'first', messageId)).toBeGreaterThan(0)
    const of = { account: 'p1', where: (e: { messageId: string }) => e.messageId === messageId }
    expect((await scene.events.first('message.delivered', of)).ms).toBeGreaterThan(0)
    await scene.events.first('message.read', of)
    const [record] = await scene.simulator.client.messages()
    expect(record).toMatchObject({ id: messageId, times: 1 })
    expect(Object.values(record?.texts ?? {})).toContain('first')
  })

  it('receives each inbound message once, decrypted', async () => {
    const ids = await scene.simulator.client.send({
      from: '+447946000002',
      to: phone('p1'),
      text: 'hello',
      count: 5,
    })
    await until('five arrived', () => inbound.filter(({ account }) => account === 'p1').length === 5)
    expect(new Set(inbound.map(({ message }) => message.messageId))).toEqual(new Set(ids))
    expect(inbound[0]?.message).toMatchObject({ from: '447946000002', offline: false })
    expect(inbound.every(({ message }) => message.text?.startsWith('hello'))).toBe(true)
  })

  it('hands a repeated inbound message on once', async () => {
    const request = { from: '+447946000003', to: phone('p2'), text: 'again', id: 'REPEATED1' }
    await scene.simulator.client.send(request)
    await scene.simulator.client.send(request).catch(() => {})
    await scene.events.first('message.received', { account: 'p2' })
    await scene.simulator.client.send({ ...request, id: 'AFTER1', text: 'after' })
    await until('the later one arrived', () => inbound.some(({ message }) => message.messageId === 'AFTER1'))
    expect(inbound.filter(({ message }) => message.messageId === 'REPEATED1')).toHaveLength(1)
  })

  it('delivers what waited while the account was away', async () => {
    const { client } = scene.simulator
    await client.fault({ account: phone('p3'), fault: { kind: 'no-success' }, forMs: 1_500 })
    await client.fault({ account: phone('p3'), fault: { kind: 'reset' } })
    await scene.events.first('session.closed', { account: 'p3' })
    await client.send({ from: '+447946000004', to: phone('p3'), text: 'while you were out' })
    const arrived = await scene.events.first('message.received', { account: 'p3', withinMs: 15_000 })
    expect(arrived.offline).toBe(true)
  }, 20_000)

  it('names an undecryptable message and then receives it', async () => {
    await scene.simulator.client.send({
      from: '+447946000005',
      to: phone('p4'),
      text: 'spoiled',
      corrupt: true,
    })
    await scene.events.first('message.undecryptable', { account: 'p4' })
    await until(
      'it arrived in the end',
      () => inbound.some(({ message }) => message.text === 'spoiled'),
      15_000,
    )
  }, 20_000)

  it('sends a message again to a recipient who could not decrypt it, under the same id', async () => {
    const { client } = scene.simulator
    await client.setContact('447946000007', { deviceKeys: 'corrupt', receipts: 'delivered' })
    const messageId = mintMessageId()
    await session('p12').send({ messageId, to: '447946000007@s.whatsapp.net', text: 'once more' })
    await scene.events.first('message.delivered', { account: 'p12', withinMs: 15_000 })
    const [record] = (await client.messages(phone('p12'))).filter(({ to }) => to.startsWith('447946000007'))
    expect(record).toMatchObject({ id: messageId, times: 1, resends: 1 })
    expect(Object.values(record?.texts ?? {})).toContain('once more')
  }, 20_000)

  it('calls a message without acknowledgement unknown, and a resend under its id is one message', async () => {
    const { client } = scene.simulator
    await client.fault({ account: phone('p5'), fault: { kind: 'withhold-acks' }, count: 1 })
    const messageId = mintMessageId()
    const error = await failure(send('p5', 'twice', messageId))
    expect(error).toMatchObject({ code: 'ack-timeout', outcome: 'unknown' })
    await send('p5', 'twice', messageId)
    const records = (await client.messages(phone('p5'))).filter(({ texts }) =>
      Object.values(texts).includes('twice'),
    )
    expect(records.map(({ id }) => id)).toEqual([messageId])
  }, 20_000)

  it('opens a fresh connection when pongs come and acknowledgements do not', async () => {
    await scene.simulator.client.fault({
      account: phone('p6'),
      fault: { kind: 'withhold-acks' },
      forMs: 5_000,
    })
    const errors = await Promise.all(['a', 'b', 'c'].map((text) => failure(send('p6', text))))
    expect(new Set(errors.map(({ outcome }) => outcome))).toEqual(new Set(['unknown']))
    expect((await scene.events.first('session.closed', { account: 'p6' })).reason).toBe('acks-withheld')
    await scene.allUp()
  }, 20_000)

  it('probes when an acknowledgement is late and keeps a session that answers', async () => {
    await scene.simulator.client.fault({
      account: phone('p7'),
      fault: { kind: 'late-acks', ms: 1_500 },
      forMs: 4_000,
    })
    expect(await send('p7', 'slow')).toBeGreaterThan(1_400)
    expect((await scene.events.first('session.suspected', { account: 'p7' })).suspicion).toBe('ack-overdue')
    expect(scene.events.of('session.closed', 'p7')).toEqual([])
  })

  it('says at once that a number is not on WhatsApp, and writes nothing', async () => {
    await scene.simulator.client.setContact('447946000009', { exists: false })
    const before = (await scene.simulator.client.summary()).messages.received
    const error = await failure(
      session('p8').send({ messageId: mintMessageId(), to: '447946000009@s.whatsapp.net', text: 'nobody' }),
    )
    expect(error).toMatchObject({ code: 'not-on-whatsapp', outcome: 'failed' })
    expect((await scene.simulator.client.summary()).messages.received).toBe(before)
  })

  it('writes nothing to nobody when the device query is not answered', async () => {
    await scene.simulator.client.fault({
      account: phone('p9'),
      fault: { kind: 'silent-iq', xmlns: 'usync' },
      forMs: 4_000,
    })
    const error = await failure(send('p9', 'to whom'))
    expect(error).toMatchObject({ code: 'query-unanswered', outcome: 'failed' })
    expect(await scene.simulator.client.messages(phone('p9'))).toEqual([])
  }, 15_000)

  it('is restricted after a 463, stays connected, and is lifted when WhatsApp says so', async () => {
    const { client } = scene.simulator
    await client.fault({ account: phone('p10'), fault: { kind: 'timelock', seconds: 2, nack: true } })
    const error = await failure(send('p10', 'reach out'))
    expect(error).toMatchObject({ code: 'nack-463', outcome: 'failed' })
    await until('restricted', () => session('p10').state === 'restricted')
    expect(session('p10').snapshot).toMatchObject({ up: true, restriction: { kind: 'reachout-timelock' } })
    expect(scene.events.of('session.closed', 'p10')).toEqual([])
    await client.endFaults()
    await scene.events.first('session.restriction-lifted', { account: 'p10', withinMs: 15_000 })
    await until(
      () => `p10 is open: ${scene.events.story('p10')}`,
      () => session('p10').state === 'open',
    )
  }, 25_000)

  it('refuses to send on a session that is not open', async () => {
    await session('p11').stop()
    expect(await failure(send('p11', 'too late'))).toMatchObject({ code: 'not-open', outcome: 'failed' })
  })
})
