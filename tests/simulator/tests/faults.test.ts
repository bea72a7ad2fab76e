// Every fault, and the reason bare Baileys gives for the connection it loses by it. Rows run at once, each in its own simulator.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'vitest'
import type { Fault } from '../index.ts'
import { stage } from './stage.ts'

const contact = '4915100000001'
/** Baileys gives up on silence at the first tick after the interval and 5 s more. */
const quick = { keepAliveIntervalMs: 300, connectTimeoutMs: 1000 }
const begin = ({ onTestFinished }: TestContext) => stage({}, onTestFinished)

describe.concurrent('faults that end an open connection', { timeout: 60_000 }, () => {
  const rows: [Fault, number][] = [
    [{ kind: 'close', code: 401 }, 401],
    [{ kind: 'close', code: 403 }, 403],
    [{ kind: 'close', code: 408 }, 408],
    [{ kind: 'close', code: 428 }, 428],
    [{ kind: 'close', code: 428, how: 'ws' }, 428],
    [{ kind: 'close', code: 428, how: 'fin' }, 428],
    [{ kind: 'close', code: 440 }, 440],
    [{ kind: 'close', code: 500 }, 500],
    [{ kind: 'close', code: 503 }, 503],
    [{ kind: 'close', code: 515 }, 515],
    [{ kind: 'reset' }, 428],
    [{ kind: 'logout' }, 401],
    [{ kind: 'stall' }, 408],
    [{ kind: 'stall', answersClose: false }, 408],
    [{ kind: 'half-open' }, 408],
  ]
  for (const [fault, code] of rows) {
    test(`${JSON.stringify(fault)} gives ${code}`, async (context) => {
      const { client, open } = await begin(context)
      const { account, bare } = await open(quick)
      const answer = await client.fault({ account: account.phone, fault })
      context.expect(answer.applied).toBe(1)
      // A peer that answers nothing at all costs 30 s more: end() waits for the WebSocket to close.
      context.expect(await bare.closed(45_000)).toBe(code)
      const applied = (await client.ledger()).filter((entry) => entry.kind === 'fault-applied')
      context.expect(applied).toMatchObject([{ fault: fault.kind, account: account.phone }])
    })
  }
})

describe.concurrent('faults at the door and at login', { timeout: 60_000 }, () => {
  const refusedLogin = async (context: TestContext, fault: Fault) => {
    const { client, account, connect } = await begin(context)
    const { account: one, auth } = await account()
    const named = fault.kind === 'failure' || fault.kind === 'no-success'
    await client.fault({ ...(named ? { account: one.phone } : {}), fault })
    return { client, auth, connect, bare: connect(auth, quick) }
  }

  for (const reason of [401, 402, 403, 405, 406, 409, 411, 419, 500, 501, 503]) {
    test(`failure ${reason} at login gives ${reason}`, async (context) => {
      const { bare } = await refusedLogin(context, { kind: 'failure', reason })
      context.expect(await bare.closed()).toBe(reason)
    })
  }

  test('refused connections give 408, and the door opens again', async (context) => {
    const { client, auth, connect, bare } = await refusedLogin(context, { kind: 'refuse' })
    context.expect(await bare.closed()).toBe(408)
    await client.endFaults()
    await connect(auth).open()
  })

  test('a stall before the handshake gives 408 after connectTimeoutMs', async (context) => {
    const { bare } = await refusedLogin(context, { kind: 'stall' })
    context.expect(await bare.closed()).toBe(408)
  })

  test('a slow handshake is waited for', async (context) => {
    const { client, connect, auth } = await refusedLogin(context, { kind: 'slow-handshake', ms: 600 })
    await connect(auth).open()
    const [connection] = await client.connections()
    context.expect((connection?.loginAt ?? 0) - (connection?.openedAt ?? 0)).toBeGreaterThanOrEqual(590)
  })

  test.for([403, 405, 429, 500, 503])(
    'HTTP %i on upgrade closes nothing by itself',
    async (status, context) => {
      const { bare } = await refusedLogin(context, { kind: 'http', status })
      const seen = await new Promise<number>((resolve) => {
        bare.sock.ws.on('unexpected-response', (_request: unknown, response: { statusCode: number }) =>
          resolve(response.statusCode),
        )
      })
      context.expect(seen).toBe(status)
      context.expect(bare.updates.some((update) => update.connection === 'close')).toBe(false)
    },
  )

  test('a login without success gives 408', async (context) => {
    const { bare } = await refusedLogin(context, { kind: 'no-success' })
    context.expect(await bare.closed(20_000)).toBe(408)
  })

  test('a login without success whose pings are answered is never closed', async (context) => {
    const { client, account, connect } = await begin(context)
    const { account: one, auth } = await account()
    await client.fault({ account: one.phone, fault: { kind: 'no-success', answersPings: true } })
    const bare = connect(auth, { keepAliveIntervalMs: 100 })
    let pongs = 0
    bare.sock.ws.on('CB:iq,type:result', () => pongs++)
    // Silence would have ended it after 5.2 s: 55 pongs later it has not.
    await bare.until('pongs', () => pongs >= 55, 10_000)
    context.expect(bare.updates.map((update) => update.connection)).toEqual(['connecting'])
  })

  test('close 408 lets the codes of a pairing socket run out', async (context) => {
    const { client, unpaired } = await begin(context)
    const { bare } = unpaired()
    await bare.qr()
    await client.fault({ stage: 'pairing', fault: { kind: 'close', code: 408 } })
    context.expect(await bare.closed()).toBe(408)
  })

  test('close with count waits for the next logins', async (context) => {
    const { client, account, connect } = await begin(context)
    const { account: one, auth } = await account()
    const fault = { kind: 'close', code: 503 } as const
    const answer = await client.fault({ account: one.phone, fault, count: 2 })
    context.expect(answer).toMatchObject({ applied: 0, active: true })
    context.expect(await connect(auth).closed()).toBe(503)
    context.expect(await connect(auth).closed()).toBe(503)
    await connect(auth).open()
  })
})

describe.concurrent('faults under which the connection stays', { timeout: 60_000 }, () => {
  const faulty = async (context: TestContext, fault: Fault, forMs?: number) => {
    const { client, open } = await begin(context)
    const opened = await open({ defaultQueryTimeoutMs: 400 })
    const { phone } = opened.account
    await client.fault({ account: phone, fault, ...(forMs === undefined ? {} : { forMs }) })
    return { client, ...opened }
  }

  test('withheld acks: received, never acknowledged', async (context) => {
    const { client, bare } = await faulty(context, { kind: 'withhold-acks' })
    const first = await bare.send(contact, 'one')
    await bare.status(first, 3)
    await client.endFaults()
    await bare.acked(await bare.send(contact, 'two'))
    context.expect(bare.acks.map((ack) => ack.id)).not.toContain(first)
    const records = await client.messages()
    context.expect(records.map((record) => record.ackedAt === null)).toEqual([true, false])
  })

  test('deaf: what others write is acknowledged to them and waits until the fault is over', async (context) => {
    const { client, account, bare } = await faulty(context, { kind: 'deaf' })
    await client.send({ from: contact, to: account.phone, text: 'do you hear' })
    await bare.acked(await bare.send(contact, 'I speak'))
    context.expect(bare.received).toEqual([])
    const applied = (await client.ledger()).filter((entry) => entry.kind === 'fault-applied')
    context.expect(applied).toMatchObject([{ fault: 'deaf', account: account.phone }])
    await client.endFaults()
    await bare.text('do you hear')
  })

  test('late acks come late', async (context) => {
    const { client, bare } = await faulty(context, { kind: 'late-acks', ms: 300 })
    await bare.acked(await bare.send(contact, 'late'))
    const [record] = await client.messages()
    context.expect((record?.ackedAt ?? 0) - (record?.firstAt ?? 0)).toBeGreaterThanOrEqual(295)
  })

  test('a nack is an error status', async (context) => {
    const { client, bare } = await faulty(context, { kind: 'nack', code: 479 })
    const id = await bare.send(contact, 'no')
    await bare.status(id, 0)
    context.expect((await bare.acked(id)).error).toBe('479')
    context.expect((await client.summary()).messages).toMatchObject({ nacked: 1, acked: 0 })
  })

  test('a time-lock is announced, answered, enforced with 463 and lifted', async (context) => {
    const { client, bare } = await faulty(context, { kind: 'timelock', seconds: 600 })
    const lock = (active: boolean) => () =>
      bare.updates.some((update) => update.reachoutTimeLock?.isActive === active)
    await bare.until('time-lock', lock(true))
    const asked = await bare.sock.fetchAccountReachoutTimelock()
    context.expect(asked).toMatchObject({ isActive: true, enforcementType: 'WEB_COMPANION_ONLY' })
    const id = await bare.send(contact, 'reaching out')
    await bare.status(id, 0)
    context.expect((await bare.acked(id)).error).toBe('463')
    await client.endFaults()
    await bare.until('lifted', lock(false))
    context.expect((await bare.sock.fetchAccountReachoutTimelock()).isActive).toBe(false)
    context.expect((await bare.acked(await bare.send(contact, 'again'))).error).toBeUndefined()
  })

  test('silent iqs: other traffic flows', async (context) => {
    const { client, account, bare } = await faulty(context, { kind: 'silent-iq' })
    await client.send({ from: contact, to: account.phone, text: 'still here' })
    await bare.until('a frame', () => bare.received.length > 0)
  })

  test('a silent usync makes Baileys send to nobody', async (context) => {
    const { client, bare } = await faulty(context, { kind: 'silent-iq', xmlns: 'usync' })
    const id = await bare.send(contact, 'lost')
    await bare.acked(id)
    const [record] = await client.messages()
    context.expect(record?.texts).toEqual({})
  })

  test('dropped pongs: the ping has no answer, messages have', async (context) => {
    const { bare } = await faulty(context, { kind: 'drop-pongs' })
    const ping = { tag: 'iq', attrs: { to: '@s.whatsapp.net', type: 'get', xmlns: 'w:p' }, content: [] }
    context.expect(await bare.sock.query(ping, 300).catch(() => undefined)).toBeUndefined()
    await bare.acked(await bare.send(contact, 'alive'))
  })

  test('a stall that ends in time goes on where it stopped', async (context) => {
    const { client, account, bare } = await faulty(context, { kind: 'half-open' }, 700)
    const id = await bare.send(contact, 'through the gap')
    await client.send({ from: contact, to: account.phone, text: 'back through it' })
    await bare.acked(id)
    await bare.text('back through it')
  })

  test('without the end of the offline messages Baileys is open and not in step', async (context) => {
    const { client, account, connect } = await begin(context)
    const { account: one, auth } = await account()
    await client.fault({ account: one.phone, fault: { kind: 'no-offline' } })
    const bare = connect(auth)
    await bare.open()
    context.expect(bare.updates.some((update) => update.receivedPendingNotifications)).toBe(false)
  })

  test('a garbage frame is an unhandled rejection, and then silence: 408', async (context) => {
    const { client, url } = await begin(context)
    const [account] = await client.createAccounts()
    const child = fork(join(import.meta.dirname, 'garbage-client.ts'))
    context.onTestFinished(() => void child.kill('SIGKILL'))
    child.send({ url, account })
    const [opened] = await once(child, 'message')
    context.expect(opened).toBe('open')
    await client.fault({ account: account?.phone ?? '', fault: { kind: 'garbage' } })
    const [{ code, rejections }] = await once(child, 'message')
    context.expect(code).toBe(408)
    context.expect(rejections).toBeGreaterThanOrEqual(1)
  })
})
