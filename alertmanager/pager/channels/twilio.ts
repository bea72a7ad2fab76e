// Twilio's own library makes the requests; they go where the configuration says, and their answers are judged here and not by its exceptions.

import twilio from 'twilio'
import type { Secret } from '../../../agent/config/secret.ts'
import type { TwilioConfig } from '../config/schema.ts'
import { type Answer, ask } from './ask.ts'
import type { Outcome } from './channel.ts'
import { field, outcomeOf, type Reading } from './verdict.ts'

export type Client = InstanceType<typeof twilio.Twilio>

/** What the library hands to whatever carries its requests. */
interface Carried {
  uri: string
  username: string
  password: string
  headers?: Record<string, string>
  data?: Record<string, string | string[]>
}

/** Makes one request and says what became of it; never rejects. There is no key that would let Twilio recognise a repetition. */
export async function asking(
  { accountSid, baseUrl, timeoutMs }: TwilioConfig,
  token: Secret,
  signal: AbortSignal,
  make: (client: Client) => Promise<unknown>,
): Promise<Outcome> {
  let answer: Answer = neverAsked
  const httpClient = {
    async request({ uri, username, password, headers = {}, data = {} }: Carried) {
      const { pathname, search } = new URL(uri)
      const body = new URLSearchParams()
      for (const [name, value] of Object.entries(data))
        for (const each of [value].flat()) body.append(name, String(each))
      const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
      const url = `${baseUrl.replace(/\/+$/, '')}${pathname}${search}`
      answer = await ask(
        { url, method: 'POST', headers: { ...headers, authorization }, body },
        timeoutMs,
        signal,
      )
      if (!answer.answered) throw new Error(answer.code)
      return { statusCode: answer.status, body: answer.body }
    },
  }
  try {
    await make(new twilio.Twilio(accountSid, token.reveal(), { httpClient: httpClient as never }))
  } catch {
    // What the library makes of it is less than what the answer says.
  }
  // Nothing went out, and nothing will at another time.
  if (answer === neverAsked)
    return { outcome: 'refused', providerId: null, code: neverAsked.code, retryAfterMs: null }
  return outcomeOf(answer, Date.now(), reading)
}

const neverAsked = { answered: false, written: false, code: 'not-asked' } as const
/** What a message or a call begins with when it is over before it has begun. */
const over = ['failed', 'undelivered', 'canceled']
const reading: Reading = {
  idOf: (body) => field(body, 'sid'),
  codeOf: (body) => field(body, 'code'),
  failureOf(body) {
    const status = field(body, 'status')
    return status !== null && over.includes(status) ? (field(body, 'error_code') ?? status) : null
  },
}
