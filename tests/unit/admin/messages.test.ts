// A message that was acknowledged, refused, not sent or lost from sight: the caller can tell which, and what is safe to do.

import { describe, expect, it } from 'vitest'
import { SendError } from '../../../agent/session/socket.ts'
import { hang } from '../session/scripted-socket.ts'
import { type AdminStage, adminStage, problem, refusal } from './stage.ts'

const path = '/api/messages'
const good = { account: 'uae-1', to: '+971500000002', text: 'hello' }

async function open(): Promise<AdminStage> {
  const stage = await adminStage()
  stage.server.last.to.open()
  return stage
}

it('an acknowledged message: its id and how long it took', async () => {
  const { post, server } = await open()
  server.last.onSend = async ({ messageId }) => server.last.to.ack(messageId, null)
  const response = await post(path, good)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({
    account: 'uae-1',
    messageId: expect.stringMatching(/^3EB0[0-9A-F]{36}$/),
    state: 'acked',
    ackMs: expect.any(Number),
  })
  expect(server.last.sent).toMatchObject([{ to: '971500000002@s.whatsapp.net', text: 'hello' }])
})

it('an id that is given again is used as it is', async () => {
  const { post, server } = await open()
  server.last.onSend = async ({ messageId }) => server.last.to.ack(messageId, null)
  const messageId = '3EB0'.padEnd(40, 'A')
  expect(await (await post(path, { ...good, messageId })).json()).toMatchObject({ messageId })
  expect(server.last.sent).toMatchObject([{ messageId }])
})

describe('a body that is wrong', () => {
  it.each<[string, unknown, string]>([
    ['no JSON', '{"account":', 'the body is not JSON'],
    ['nothing', '', 'the body is not JSON'],
    ['a list', [], 'body: '],
    ['no account', { to: good.to, text: 'x' }, 'account: '],
    [
      'a phone without its plus',
      { ...good, to: '971500000002' },
      'to: an E.164 phone, for example +971501234567',
    ],
    ['a phone that is too long', { ...good, to: '+9715000000020000' }, 'to: an E.164 phone'],
    ['a JID', { ...good, to: '971500000002@s.whatsapp.net' }, 'to: an E.164 phone'],
    ['no text', { ...good, text: '' }, 'text: '],
    ['a text that is too long', { ...good, text: 'x'.repeat(4_097) }, 'text: '],
    ['an id in lower case', { ...good, messageId: 'abcdefabcdefabcd' }, 'messageId: 16 to 40 upper-case'],
    ['an unknown key', { ...good, urgent: true }, 'body: '],
  ])('%s: 400 that names it', async (_, body, words) => {
    const { post, server } = await open()
    const [status, code, detail] = await problem(await post(path, body))
    expect([status, code]).toEqual([400, 'bad-body'])
    expect(detail).toContain(words)
    expect(server.last.sent).toEqual([])
  })

  it('names every mistake, and shows no text', async () => {
    const { post } = await open()
    const [, , detail] = await problem(await post(path, { account: '', to: 'secret', text: 5 }))
    for (const key of ['account:', 'to:', 'text:']) expect(detail).toContain(key)
    expect(detail).not.toContain('secret')
  })
})

it('an account that nobody configured: 404', async () => {
  const { post } = await open()
  expect(await refusal(await post(path, { ...good, account: 'nobody' }))).toBe('404 unknown-account')
})

it('a session that is not open: 503, nothing was sent', async () => {
  const { post } = await adminStage()
  const response = await post(path, good)
  expect(response.headers.get('retry-after')).toBe('5')
  expect(response.headers.get('linda-message-id')).toMatch(/^3EB0/)
  expect(await problem(response)).toMatchObject([
    503,
    'not-open',
    expect.stringContaining('nothing was sent'),
  ])
})

it.each<[string, Error, number, string]>([
  ['not on WhatsApp', new SendError('not-on-whatsapp', 'failed'), 422, 'not-on-whatsapp'],
  ['devices not answered', new SendError('query-unanswered', 'failed'), 503, 'query-unanswered'],
  ['cannot be encrypted', new SendError('encryption-failed', 'failed'), 503, 'encryption-failed'],
  ['anything else', new Error('boom'), 504, 'connection-closed'],
])('%s: %s is told as %d', async (_, error, status, code) => {
  const { post, server } = await open()
  server.last.onSend = () => Promise.reject(error)
  expect(await refusal(await post(path, good))).toBe(`${status} ${code}`)
})

it('refused by WhatsApp: 502 with its code', async () => {
  const { post, server } = await open()
  server.last.onSend = async ({ messageId }) => server.last.to.ack(messageId, 479)
  expect(await refusal(await post(path, good))).toBe('502 nack-479')
})

it('lost from sight: 504 with the id to ask again with', async () => {
  const { post, server } = await open()
  server.last.onSend = hang
  const asked = post(path, good)
  await expect.poll(() => server.last.sent.length).toBe(1)
  server.last.drop('connection-closed', 428)
  const response = await asked
  const id = response.headers.get('linda-message-id')
  expect(id).toBe(server.last.sent[0]?.messageId)
  expect(await problem(response)).toEqual([
    504,
    'connection-closed',
    `the outcome of ${id} is unknown; ask again with the same messageId`,
  ])
})
