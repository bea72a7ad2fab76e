// The public listener: it takes a signed link from people and signed reports from Twilio, and says nothing to anybody else.

import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import twilio from 'twilio'
import type { Secret } from '../../../agent/config/secret.ts'
import { lastWords } from '../channels/voice.ts'
import type { PagerConfig } from '../config/schema.ts'
import { codesIn, WrongReplies } from '../decide/reply.ts'
import type { Acknowledged, Asked } from '../desk/acknowledge.ts'
import type { Events } from '../events.ts'
import { say } from '../texts/say.ts'
import { type AckWay, isSeverity, type Locale, type Severity } from '../words.ts'
import { askPage, donePage } from './page.ts'

/** A report of Twilio has some forty fields. */
const LARGEST = 16 * 1024
/** A call or a message that came to nothing. */
const failures = ['failed', 'undelivered', 'busy', 'no-answer', 'canceled']

/** What Twilio says of a message or a call, under the name that it gave it. */
export interface Report {
  said: string
  failed: boolean
  providerId: string
}

export interface CallbackParts {
  config: PagerConfig
  twilioToken: Secret | null
  events: Events
  /** Null where the token is not ours or its page is gone. */
  find(token: string): Promise<Asked | null>
  findReply(recipient: string, code: string): Promise<Asked | null>
  acknowledge(asked: Asked, by: { via: AckWay; who: string; knows: Severity }): Promise<Acknowledged>
  report(asked: Asked, what: Report): Promise<void>
}

/** What whoever acknowledged is told. */
function answerOf(locale: Locale, { alert }: Asked, done: Acknowledged): string {
  if (done === 'outdone') return say(locale, 'worse', { headline: alert })
  return say(locale, done === 'done' ? 'thanks' : 'over', {})
}

export function callbacksApp(parts: CallbackParts): Hono {
  const { config, events } = parts
  const app = new Hono()
  const wrong = new WrongReplies()
  const heard = (kind: string, outcome: 'taken' | 'refused' | 'unknown'): void =>
    events.tell('callback.heard', { kind, outcome })
  const localeOf = (recipient: string): Locale => config.recipients[recipient]?.locale ?? 'en'
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'unsafe-inline'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
      referrerPolicy: 'no-referrer',
    }),
  )
  app.use(async (c, next) => {
    await next()
    c.header('cache-control', 'no-store')
  })
  app.use(bodyLimit({ maxSize: LARGEST, onError: (c) => c.text('too large\n', 413) }))

  /** The fields of a report that Twilio has signed; null where somebody else has written it. */
  async function signedFields(c: Context, kind: string): Promise<Record<string, string> | null> {
    const fields: Record<string, string> = {}
    for (const [name, value] of new URLSearchParams(await c.req.text())) fields[name] = value
    const token = parts.twilioToken
    const { publicUrl } = config.callbacks
    const signature = c.req.header('x-twilio-signature') ?? ''
    const url = `${publicUrl}${c.req.path}`
    if (token && publicUrl && twilio.validateRequest(token.reveal(), signature, url, fields)) return fields
    heard(kind, 'refused')
    return null
  }
  const unsigned = (c: Context): Response => c.text('not signed by Twilio\n', 403)
  const unknown = (c: Context, kind: string): Response => {
    heard(kind, 'unknown')
    return c.text('there is nothing here\n', 404)
  }
  const xml = (c: Context, text: string): Response => c.body(text, 200, { 'content-type': 'text/xml' })

  app.get('/a/:token', async (c) => {
    const asked = await parts.find(c.req.param('token'))
    return asked ? c.html(askPage(localeOf(asked.recipient), asked)) : unknown(c, 'link')
  })
  app.post('/a/:token', async (c) => {
    const asked = await parts.find(c.req.param('token'))
    if (!asked) return unknown(c, 'link')
    const { level } = await c.req.parseBody()
    const shown = typeof level === 'string' && isSeverity(level) ? level : asked.severity
    const done = await parts.acknowledge(asked, { via: 'link', who: asked.recipient, knows: shown })
    heard('link', 'taken')
    // It is asked again, with what it is by now.
    if (done === 'outdone') {
      const now = await parts.find(c.req.param('token'))
      return now ? c.html(askPage(localeOf(now.recipient), now), 409) : unknown(c, 'link')
    }
    return c.html(donePage(localeOf(asked.recipient), asked, done))
  })
  app.post('/twilio/key/:token', async (c) => {
    const fields = await signedFields(c, 'key')
    if (!fields) return unsigned(c)
    const asked = await parts.find(c.req.param('token'))
    if (!asked) return unknown(c, 'key')
    heard('key', 'taken')
    const locale = localeOf(asked.recipient)
    if (fields.Digits !== '1') return xml(c, lastWords(locale, say(locale, 'wrongKey', {})))
    const done = await parts.acknowledge(asked, { via: 'key', who: asked.recipient, knows: asked.severity })
    return xml(c, lastWords(locale, answerOf(locale, asked, done)))
  })
  app.post('/twilio/status/:token', async (c) => {
    const fields = await signedFields(c, 'status')
    if (!fields) return unsigned(c)
    const asked = await parts.find(c.req.param('token'))
    if (!asked) return unknown(c, 'status')
    const status = fields.MessageStatus ?? fields.CallStatus ?? 'none'
    const providerId = fields.MessageSid ?? fields.CallSid ?? ''
    await parts.report(asked, { said: status, failed: failures.includes(status), providerId })
    heard('status', 'taken')
    return c.body(null, 204)
  })
  app.post('/twilio/sms', async (c) => {
    const fields = await signedFields(c, 'reply')
    if (!fields) return unsigned(c)
    const [name, person] =
      Object.entries(config.recipients).find(([, { phone }]) => phone !== null && phone === fields.From) ?? []
    const response = new twilio.twiml.MessagingResponse()
    // Strangers get no word: it would be paid for.
    if (name === undefined || !person?.twoWay) {
      heard('reply', 'unknown')
      return xml(c, response.toString())
    }
    let done = false
    let outdone: Asked | null = null
    for (const code of codesIn(fields.Body ?? '')) {
      const asked = done ? null : await parts.findReply(name, code)
      if (asked === null) continue
      const became = await parts.acknowledge(asked, { via: 'reply', who: name, knows: asked.severity })
      done = became === 'done'
      if (became === 'outdone') outdone = asked
    }
    heard('reply', done ? 'taken' : 'unknown')
    if (done || wrong.mayTell(name, performance.now()))
      response.message(
        outdone && !done
          ? answerOf(person.locale, outdone, 'outdone')
          : say(person.locale, done ? 'thanks' : 'wrongReply', {}),
      )
    return xml(c, response.toString())
  })
  app.notFound((c) => c.text('there is nothing here\n', 404))
  app.onError((error, c) => {
    events.tell('pager.failed', { doing: 'callbacks', detail: error.message })
    // Twilio asks again after a 5xx.
    return c.text('try again\n', 503)
  })
  return app
}
