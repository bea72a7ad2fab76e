// A loopback Twilio: it takes messages and calls as the real API does, refuses what that refuses, and signs what it reports.

import { randomBytes } from 'node:crypto'
import twilio from 'twilio'
import { type Answer, type Came, loopback, type Manner } from './server.ts'

export const accountSid = `AC${'0123456789abcdef'.repeat(2)}`
export const authToken = 'a-twilio-auth-token-of-a-test-00'
/** A number that Twilio itself keeps for tests: messages to it are refused with 21211. */
export const invalidNumber = '+15005550001'

/** A message or a call that was asked for, whatever became of it. */
export interface Asked {
  kind: 'sms' | 'voice'
  to: string
  from: string
  /** The text of a message, the TwiML of a call. */
  text: string
  statusCallback: string | null
  /** Null where it was refused, or nobody was told. */
  sid: string | null
  at: number
}

export interface Twilio {
  url: string
  /** Everything that came and was well formed, in order. */
  asked: Asked[]
  /** What it has taken, whether or not it said so: what a phone would have shown. */
  taken: Asked[]
  /** What it is to do from now on. */
  manner: (asked: Asked) => Manner
  /** Posts a report as Twilio does, signed with the token; answers status and text. */
  report(
    url: string,
    fields: Record<string, string>,
    token?: string,
  ): Promise<{ status: number; text: string }>
  close(): Promise<void>
}

function refusal(status: number, code: number, message: string): Answer {
  const more_info = `https://www.twilio.com/docs/errors/${code}`
  return { status, body: { code, message, more_info, status } }
}

/** @param base the public URL that is signed where it differs from the one that is asked */
export async function startTwilio(manner: Twilio['manner'] = () => 'accept'): Promise<Twilio> {
  const asked: Asked[] = []
  const taken: Asked[] = []
  const server = await loopback((came) => take(came))
  const self: Twilio = {
    url: server.url,
    asked,
    taken,
    manner,
    async report(url, fields, token = authToken) {
      const signature = twilio.getExpectedTwilioSignature(token, url, fields)
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'x-twilio-signature': signature },
        body: new URLSearchParams(fields),
      })
      return { status: response.status, text: await response.text() }
    },
    close: server.close,
  }
  return self

  function take({ method, path, headers, body }: Came): Answer | 'hang' | 'cut' {
    const expected = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
    if (headers.authorization !== expected) return refusal(401, 20003, 'Authenticate')
    const [, resource] =
      new RegExp(`^/2010-04-01/Accounts/${accountSid}/(Messages|Calls)\\.json$`).exec(path) ?? []
    if (method !== 'POST' || resource === undefined)
      return refusal(404, 20404, 'The requested resource was not found')
    if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
      return refusal(400, 21201, 'No parameters')
    const fields = new URLSearchParams(body)
    const kind = resource === 'Messages' ? 'sms' : 'voice'
    const text = fields.get(kind === 'sms' ? 'Body' : 'Twiml') ?? ''
    const to = fields.get('To') ?? ''
    const from = fields.get('From') ?? ''
    const one: Asked = {
      kind,
      to,
      from,
      text,
      statusCallback: fields.get('StatusCallback'),
      sid: null,
      at: Date.now(),
    }
    asked.push(one)
    if (!/^\+\d{7,15}$/.test(to) || to === invalidNumber)
      return refusal(400, 21211, `The 'To' number ${to} is not a valid phone number.`)
    if (!/^\+\d{7,15}$/.test(from)) return refusal(400, 21212, `The 'From' number ${from} is not valid.`)
    if (text === '') return refusal(400, kind === 'sms' ? 21602 : 21205, 'A text is required.')
    if (kind === 'sms' && text.length > 1_600) return refusal(400, 21617, 'The text exceeds 1600 characters.')
    if (kind === 'voice' && text.length > 4_000)
      return refusal(400, 21203, 'The TwiML exceeds 4000 characters.')
    const manner = self.manner(one)
    if (typeof manner === 'object') {
      const { status, code, retryAfter } = manner
      const answer = refusal(status, Number(code ?? (status === 429 ? 20429 : 20500)), 'as the test asked')
      return { ...answer, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } }
    }
    one.sid = `${kind === 'sms' ? 'SM' : 'CA'}${randomBytes(16).toString('hex')}`
    taken.push(one)
    if (manner !== 'accept') return manner
    const status = 'queued'
    return {
      status: 201,
      body: { sid: one.sid, account_sid: accountSid, to, from, status, error_code: null },
    }
  }
}
