// A message that is accepted is stored: its caller gets an id, may wait for the end, and may ask again under one key as often as it likes.

import { describe, expect, it } from 'vitest'
import type { MessageView } from '../../../agent/outbox/row.ts'
import { SendError } from '../../../agent/session/socket.ts'
import { until } from '../../harness/until.ts'
import { hang } from '../session/scripted-socket.ts'
import { type AdminStage, adminStage, problem, refusal } from './stage.ts'

const path = '/api/messages'
const good = { account: 'uae-1', to: '+971500000002', text: 'hello' }

async function open(): Promise<AdminStage> {
  const stage = await adminStage()
  stage.server.last.to.open()
  stage.messages.outbox.wakeAll()
  return stage
}

const accepts = (stage: AdminStage): void => {
  stage.server.last.onSend = async ({ messageId }) => stage.server.last.to.ack(messageId, null)
}
const view = async (response: Response): Promise<MessageView> => (await response.json()) as MessageView

it('accepted: 202, where to ask, and nothing of its text or number', async () => {
  const stage = await open()
  stage.server.last.onSend = hang
  const response = await stage.post(path, good)
  expect(response.status).toBe(202)
  const answer = await view(response)
  expect(response.headers.get('location')).toBe(`/api/messages/${answer.id}`)
  expect(answer).toMatchObject({
    messageId: expect.stringMatching(/^3EB0[0-9A-F]{36}$/),
    pool: 'sales',
    account: 'uae-1',
    state: 'queued',
    open: true,
    possibleDuplicate: false,
    steps: [{ state: 'queued', account: 'uae-1' }],
  })
  expect(JSON.stringify(answer)).not.toMatch(/hello|971500000002/)
})

it('who waits for the end is told of it: 200 and every step', async () => {
  const stage = await open()
  accepts(stage)
  const response = await stage.post(`${path}?wait=5s`, good)
  expect(response.status).toBe(200)
  const answer = await view(response)
  expect(answer).toMatchObject({ state: 'acked', open: false, attempts: 1, code: null })
  expect(answer.steps.map(({ state }) => state)).toEqual(['queued', 'claimed', 'acked'])
  expect(stage.server.last.sent).toMatchObject([
    { messageId: answer.messageId, to: '971500000002@s.whatsapp.net', text: 'hello' },
  ])
  expect(await view(await stage.ask(`${path}/${answer.id}`, 'viewer'))).toEqual(answer)
  expect(await view(await stage.ask(`${path}/${answer.messageId}`, 'viewer'))).toEqual(answer)
})

describe('an idempotency key', () => {
  const keyed = (stage: AdminStage, key: string, body: object = good) =>
    stage.ask(`${path}?wait=2s`, 'operator', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'idempotency-key': key, 'content-type': 'application/json' },
    })

  it('the same key and body: the same message, sent once, also when both come at once', async () => {
    const stage = await open()
    accepts(stage)
    const answers = await Promise.all([keyed(stage, 'k1'), keyed(stage, 'k1'), keyed(stage, 'k1')])
    const ids = await Promise.all(answers.map(async (answer) => (await view(answer)).id))
    expect(new Set(ids).size).toBe(1)
    expect(answers.map(({ headers }) => headers.get('idempotency-replayed')).filter(Boolean)).toHaveLength(2)
    const reordered = { text: 'hello', to: good.to, account: good.account }
    expect((await view(await keyed(stage, 'k1', reordered))).id).toBe(ids[0])
    expect(stage.server.last.sent).toHaveLength(1)
  })

  it('the same key and another body: 409, and nothing is sent', async () => {
    const stage = await open()
    accepts(stage)
    const { id } = await view(await keyed(stage, 'k1'))
    const response = await keyed(stage, 'k1', { ...good, text: 'other' })
    expect(response.headers.get('linda-message')).toBe(id)
    expect(await refusal(response)).toBe('409 key-taken')
    expect(stage.server.last.sent).toHaveLength(1)
  })

  it.each([
    ['with a blank', 'a b'],
    ['too long', 'k'.repeat(201)],
  ])('%s: 400', async (_, key) => {
    expect(await refusal(await keyed(await open(), key))).toBe('400 bad-key')
  })
})

describe('a body that is wrong', () => {
  it.each<[string, unknown, string]>([
    ['no JSON', '{"account":', 'the body is not JSON'],
    ['nothing', '', 'the body is not JSON'],
    ['a list', [], 'body: '],
    [
      'neither pool nor account',
      { to: good.to, text: 'x' },
      'pool: found nothing, allowed: one of sales, empty',
    ],
    [
      'an unknown pool',
      { pool: 'nowhere', to: good.to, text: 'x' },
      'there is no nowhere, only sales, empty',
    ],
    ['an account of another pool', { ...good, pool: 'empty' }, 'uae-1 is in the pool sales, not in empty'],
    [
      'a phone without its plus',
      { ...good, to: '971500000002' },
      'to: found 12 characters, allowed: an E.164 phone, for example +971501234567',
    ],
    [
      'a phone that is too long',
      { ...good, to: '+9715000000020000' },
      'to: found 17 characters, allowed: an E.164 phone',
    ],
    [
      'a JID',
      { ...good, to: '971500000002@s.whatsapp.net' },
      'to: found 27 characters, allowed: an E.164 phone',
    ],
    ['no text', { ...good, text: '' }, 'text: '],
    ['half of a pair', { ...good, text: 'a\ud83d' }, 'text: found half of a surrogate pair'],
    ['blanks alone', { ...good, text: ' \n\t ' }, 'text: found nothing but blanks'],
    ['nothing that shows', { ...good, text: '\u200b \u2060\u0007' }, 'text: found nothing but blanks'],
    ['a zero', { ...good, text: 'a\0b' }, 'text: found the character U+0000'],
    ['text and content', { ...good, content: { type: 'text', text: 'x' } }, 'one of text and content'],
    [
      'an unknown kind of content',
      { account: 'uae-1', to: good.to, content: { type: 'dance' } },
      'content.type: ',
    ],
    [
      'a time that is none',
      { ...good, notBefore: 'tomorrow' },
      'notBefore: found "tomorrow", allowed: a time such as',
    ],
    [
      'a duration that is none',
      { ...good, expiresAfter: '1 hour' },
      'expiresAfter: found "1 hour", allowed: a duration',
    ],
    ['an unknown key', { ...good, urgent: true }, 'body: found "urgent", allowed: pool, account, to, text, '],
  ])('%s: 400 that names it', async (_, body, words) => {
    const { post, server } = await open()
    const [status, , detail] = await problem(await post(path, body))
    expect(status).toBe(400)
    expect(detail).toContain(words)
    expect(server.last.sent).toEqual([])
  })

  it('names every mistake, and shows no text', async () => {
    const { post } = await open()
    const [, , detail] = await problem(await post(path, { account: '', to: 'secret', text: 5 }))
    for (const key of ['account:', 'to:', 'text:']) expect(detail).toContain(key)
    expect(detail).not.toContain('secret')
  })

  it.each(['', '5', '-1s', '61s', 'long'])('wait=%s: 400', async (wait) => {
    expect(await refusal(await (await open()).post(`${path}?wait=${wait}`, good))).toBe('400 bad-query')
  })
})

it('an account that nobody configured: 404; a pool without an account: 422', async () => {
  const { post } = await open()
  expect(await refusal(await post(path, { ...good, account: 'nobody' }))).toBe('404 unknown-account')
  expect(await refusal(await post(path, { pool: 'empty', to: good.to, text: 'x' }))).toBe('422 empty-pool')
})

it('a session that is not open: the message waits, and is sent when it opens', async () => {
  const stage = await adminStage()
  accepts(stage)
  const { id } = await view(await stage.post(path, good))
  expect(stage.server.last.sent).toEqual([])
  stage.server.last.to.open()
  expect(await view(await stage.ask(`${path}/${id}?wait=5s`))).toMatchObject({ state: 'acked' })
})

it('nobody of the pool may take it: parked, and taken when somebody may', async () => {
  const stage = await adminStage()
  accepts(stage)
  const parked = await view(await stage.post(path, { pool: 'sales', to: good.to, text: 'x' }))
  expect(parked).toMatchObject({ state: 'parked', account: null })
  stage.server.last.to.open()
  expect(await view(await stage.ask(`${path}/${parked.id}?wait=5s`))).toMatchObject({
    state: 'acked',
    account: 'uae-1',
  })
})

it.each<[string, Error, string]>([
  ['not on WhatsApp', new SendError('not-on-whatsapp', 'failed'), 'not-on-whatsapp'],
  ['cannot be encrypted', new SendError('encryption-failed', 'failed'), 'encryption-failed'],
])('%s: failed, with its code', async (_, error, code) => {
  const { post, server } = await open()
  server.last.onSend = () => Promise.reject(error)
  expect(await view(await post(`${path}?wait=10s`, good))).toMatchObject({
    state: 'failed',
    code,
    open: false,
  })
})

it('refused by WhatsApp for what it is: failed at once', async () => {
  const { post, server } = await open()
  server.last.onSend = async ({ messageId }) => server.last.to.ack(messageId, 479)
  expect(await view(await post(`${path}?wait=5s`, good))).toMatchObject({
    state: 'failed',
    code: 'nack-479',
    attempts: 1,
  })
})

it('lost from sight: unknown, and repeated under the same id until it is known', async () => {
  const { post, ask, server } = await open()
  let times = 0
  server.last.onSend = ({ messageId }) => {
    times += 1
    if (times === 1) return Promise.reject(new Error('the socket went away'))
    server.last.to.ack(messageId, null)
    return Promise.resolve()
  }
  const { id } = await view(await post(path, good))
  const answer = await view(await ask(`${path}/${id}?wait=5s`))
  expect(answer).toMatchObject({ state: 'acked', attempts: 2, possibleDuplicate: false })
  expect(answer.steps.map(({ state }) => state)).toContain('unknown')
  expect(new Set(server.last.sent.map(({ messageId }) => messageId)).size).toBe(1)
})

describe('a person', () => {
  it('takes back and has sent again by the id under which WhatsApp knows it', async () => {
    const stage = await adminStage()
    const { id, messageId } = await view(await stage.post(path, good))
    expect(await view(await stage.post(`${path}/${messageId}/cancel`, {}))).toMatchObject({ id, open: false })
    expect(await view(await stage.post(`${path}/${messageId}/resend`, {}))).toMatchObject({ id, open: true })
  })

  it('takes back what is not being sent, and not what is', async () => {
    const stage = await adminStage()
    const { id } = await view(await stage.post(path, good))
    expect(await refusal(await stage.post(`${path}/${id}/cancel`, {}, 'viewer'))).toBe('403 role')
    expect(await view(await stage.post(`${path}/${id}/cancel`, {}))).toMatchObject({
      state: 'failed',
      code: 'cancelled',
    })
    expect(await refusal(await stage.post(`${path}/${id}/cancel`, {}))).toBe('409 state')
    stage.server.last.to.open()
    expect(stage.server.last.sent).toEqual([])
    expect(await refusal(await stage.post(`${path}/unknown/cancel`, {}))).toBe('404 not-found')
  })

  it('has one that failed tried again', async () => {
    const stage = await open()
    stage.server.last.onSend = () => Promise.reject(new SendError('not-on-whatsapp', 'failed'))
    const { id } = await view(await stage.post(`${path}?wait=5s`, good))
    accepts(stage)
    await stage.post(`${path}/${id}/resend`, {})
    expect(await view(await stage.ask(`${path}/${id}?wait=5s`))).toMatchObject({ state: 'acked' })
    expect(await refusal(await stage.post(`${path}/${id}/resend`, {}))).toBe('409 state')
  })

  it('lists by state, account and pool, page by page', async () => {
    const stage = await adminStage()
    const ids: string[] = []
    for (let i = 0; i < 5; i++)
      ids.unshift((await view(await stage.post(path, { ...good, text: `n ${i}` }))).id)
    const page = async (query: string) =>
      (await (await stage.ask(`${path}?${query}`, 'viewer')).json()) as {
        messages: MessageView[]
        next: string | null
      }
    const first = await page('state=queued&account=uae-1&pool=sales&open=true&limit=3')
    expect(first.messages.map(({ id }) => id)).toEqual(ids.slice(0, 3))
    const second = await page(`limit=3&before=${first.next}`)
    expect(second).toMatchObject({ messages: ids.slice(3).map((id) => ({ id })), next: null })
    expect(await refusal(await stage.ask(`${path}?state=lost`))).toBe('400 bad-query')
    for (const name of ['account', 'pool'])
      expect(await refusal(await stage.ask(`${path}?${name}=a%00b`))).toBe('400 bad-query')
  })
})

it('the queue has a limit: 429 that says when to come again', async () => {
  const stage = await adminStage(1, [], 2)
  for (let i = 0; i < 2; i++) expect((await stage.post(path, good)).status).toBe(202)
  const response = await stage.post(path, good)
  expect(response.headers.get('retry-after')).toBe('5')
  expect(await refusal(response)).toBe('429 outbox-full')
})

describe('what an open message waits for', () => {
  const waits = async (stage: AdminStage, id: string) =>
    ((await (await stage.ask(`${path}/${id}`, 'viewer')).json()) as { waitsFor: unknown }).waitsFor

  it('is said of one message: its turn, what stands before it, its account; nothing at its end', async () => {
    const stage = await open()
    stage.server.last.onSend = hang
    const first = await view(await stage.post(path, good))
    await until('it is on its way', () => stage.server.last.sent.length === 1)
    const second = await view(await stage.post(path, good))
    expect(second).not.toHaveProperty('waitsFor')
    expect(await waits(stage, first.id)).toMatchObject({ what: 'acknowledgement' })
    expect(await waits(stage, second.id)).toMatchObject({ what: 'message', message: first.id })
    const mode = await stage.ask('/api/accounts/uae-1/mode', 'operator', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mode: 'maintenance', why: 'a test' }),
    })
    expect(mode.status).toBe(200)
    const third = await view(await stage.post(`${path}?wait=10ms`, { ...good, to: '+971500000003' }))
    expect(third).toMatchObject({ waitsFor: { what: 'account', detail: 'uae-1: it is in maintenance' } })
    expect((await stage.post(`${path}/${third.id}/cancel`, {})).status).toBe(200)
    expect(await waits(stage, third.id)).toBeNull()
  })
})
