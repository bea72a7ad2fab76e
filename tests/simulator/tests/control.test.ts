// Bad input to the control API is refused with what was found and what is allowed, and changes nothing.
import { expect, test } from 'vitest'
import { stage } from './stage.ts'

const refusals: [string, string, unknown, number, RegExp][] = [
  ['POST', '/accounts', '{', 400, /expected JSON/],
  ['POST', '/accounts', { count: 0 }, 400, /^count: .*>=1, found 0$/],
  ['POST', '/accounts', { acounts: [] }, 400, /acounts/],
  [
    'POST',
    '/accounts',
    { accounts: [{ phone: '12' }] },
    400,
    /accounts\.0\.phone: .*7 to 15 digits.*found "12"/,
  ],
  [
    'POST',
    '/accounts',
    { accounts: [{ phone: '+971500000001' }, { phone: '971500000001' }] },
    409,
    /already linked/,
  ],
  ['PUT', '/phones/abc', {}, 400, /phone: .*found abc/],
  ['PUT', '/phones/971500000001', { scan: { kind: 'sometimes' } }, 400, /scan\.kind/],
  [
    'PUT',
    '/contacts/971500000001',
    { receipts: 'maybe' },
    400,
    /receipts: .*"none"\|"delivered"\|"read".*found "maybe"/,
  ],
  ['POST', '/phones/971500000001/look', {}, 400, /^code: .*found nothing$/],
  ['POST', '/phones/971500000001/enter', { code: 'SHORT' }, 400, /8 characters/],
  ['POST', '/phones/971500000001/logout', undefined, 404, /is not a linked account/],
  ['POST', '/accounts/971500000001/pre-keys', { keep: 3 }, 404, /is not a linked account/],
  [
    'POST',
    '/messages',
    { from: '4915100000001', to: '971500000001', text: 'x' },
    404,
    /is not a linked account/,
  ],
  ['POST', '/messages', { from: '4915100000001', text: 'x' }, 400, /^to: .*found nothing$/],
  ['POST', '/faults', {}, 400, /^fault: .*found nothing$/],
  ['POST', '/faults', { fault: { kind: 'explode' } }, 400, /fault\.kind/],
  [
    'POST',
    '/faults',
    { fault: { kind: 'close', code: 404 } },
    400,
    /fault\.code: expected one of 401, .*found 404/,
  ],
  ['POST', '/faults', { fault: { kind: 'close', code: 463 } }, 400, /use the fault timelock/],
  ['POST', '/faults', { fault: { kind: 'http', status: 200 } }, 400, /fault\.status: .*found 200/],
  ['POST', '/faults', { fault: { kind: 'refuse' }, account: '971500000001' }, 400, /leave account out/],
  ['POST', '/faults', { fault: { kind: 'reset' }, account: '971500000001' }, 404, /is not a linked account/],
  ['POST', '/faults', { fault: { kind: 'reset' }, forMs: -1 }, 400, /forMs/],
  ['DELETE', '/faults/fault-9', undefined, 404, /no fault fault-9 is active/],
  ['GET', '/ledger?since=x', undefined, 400, /^since: .*found "x"/],
  ['GET', '/nothing', undefined, 404, /there is no GET \/nothing/],
]

test('every refusal says why', async () => {
  const { controlUrl, client } = await stage()
  for (const [method, path, input, status, message] of refusals) {
    const body = typeof input === 'string' ? input : JSON.stringify(input)
    const response = await fetch(controlUrl + path, { method, ...(body === undefined ? {} : { body }) })
    const answer = (await response.json()) as { error: string }
    expect({ path, status: response.status }).toEqual({ path, status })
    expect(answer.error).toMatch(message)
  }
  expect(await client.state()).toMatchObject({ accounts: 0, faults: 0 })
})

test('an account is created once, and a message id is used once', async () => {
  const { client } = await stage()
  const phone = '971500000001'
  await client.createAccounts({ accounts: [{ phone: `+${phone}` }] })
  await expect(client.createAccounts({ accounts: [{ phone }] })).rejects.toThrow(`already linked: ${phone}`)
  const message = { from: '4915100000001', to: phone, text: 'once', id: 'ABC' }
  expect(await client.send(message)).toEqual(['ABC'])
  await expect(client.send(message)).rejects.toThrow('has already been sent')
  await expect(client.send({ ...message, from: phone })).rejects.toThrow('cannot be the account')
})

test('what is not a WhatsApp client is turned away, and the server stays up', async () => {
  const { url, open } = await stage()
  const http = url.replace('ws:', 'http:')
  expect((await fetch(http)).status).toBe(404)
  const socket = new WebSocket(url)
  const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()))
  socket.addEventListener('open', () => socket.send(Buffer.from('GET / HTTP/1.1\r\n\r\n')))
  await closed
  const halfway = new WebSocket(url)
  const gone = new Promise<void>((resolve) => halfway.addEventListener('close', () => resolve()))
  halfway.addEventListener('open', () => halfway.send(Buffer.from([0x57, 0x41, 6, 3, 0, 0, 2, 9, 9])))
  await gone
  await open()
})
