// The API listener: what Alertmanager brings is answered with 200 when it is on disk, and with a 4xx only where asking again cannot help.

import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import type { Secret } from '../../../agent/config/secret.ts'
import { type Beat, type Group, groupOf, hasHeartbeat, webhook } from '../decide/group.ts'
import type { Acknowledged } from '../desk/acknowledge.ts'
import type { History } from '../desk/history.ts'
import type { Events } from '../events.ts'
import { isSeverity } from '../words.ts'
import { problem } from './problem.ts'
import { holds } from './token.ts'

/** Ten thousand alerts with long texts; Alertmanager's `max_alerts` makes a group smaller. */
const LARGEST = 16 * 1024 * 1024

export interface ApiParts {
  token: Secret
  events: Events
  beat: Beat
  history: History
  accept(receiver: string, group: Group, now: number): Promise<string>
  heartbeat(now: number): Promise<void>
  acknowledge(notification: string, who: string): Promise<Acknowledged | 'unknown'>
}

const query = z.strictObject({
  account: z.string().min(1).max(64).optional(),
  severity: z.string().refine(isSeverity, 'critical, warning or info').optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  sent_after: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
})
const acknowledgement = z.strictObject({ by: z.string().min(1).max(100) })

export function apiApp(parts: ApiParts): Hono {
  const { token, events, history } = parts
  const app = new Hono()
  const refuse = (status: 400 | 401 | 413, why: string): void =>
    events.tell('webhook.refused', { status, why })
  app.use(async (c, next) => {
    if (holds(c.req.header('authorization'), token)) return next()
    if (c.req.path.startsWith('/v4/')) refuse(401, 'token')
    const challenge = { 'www-authenticate': 'Bearer realm="linda-pager"' }
    const detail = 'this needs the header "Authorization: Bearer TOKEN" with the token of api.token_file'
    return problem(c, 401, 'token', detail, challenge)
  })
  const limited = bodyLimit({
    maxSize: LARGEST,
    onError: (c) => {
      refuse(413, 'too-large')
      return problem(
        c,
        413,
        'too-large',
        `the body may have ${LARGEST} bytes; set max_alerts in Alertmanager`,
      )
    },
  })
  app.on('POST', ['/v4/webhook', '/v4/webhook/:receiver'], limited, async (c) => {
    const parsed = webhook.safeParse(await c.req.json().catch(() => null))
    if (!parsed.success) {
      refuse(400, 'not-version-4')
      return problem(c, 400, 'not-version-4', `no webhook of version 4: ${mistakes(parsed.error)}`)
    }
    const now = Date.now()
    const receiver = c.req.param('receiver') ?? parsed.data.receiver
    try {
      if (hasHeartbeat(parsed.data, parts.beat)) await parts.heartbeat(now)
      const group = groupOf(parsed.data, parts.beat.alert)
      const verdict = group ? await parts.accept(receiver, group, now) : 'heartbeat'
      return c.json({ verdict })
    } catch (error) {
      events.tell('webhook.failed', { detail: (error as Error).message })
      const detail = 'the page could not be written to disk; ask again'
      return problem(c, 503, 'not-accepted', detail, { 'retry-after': '5' })
    }
  })
  app.get('/api/notifications', async (c) => {
    const parsed = query.safeParse(c.req.query())
    if (!parsed.success) return problem(c, 400, 'bad-query', mistakes(parsed.error))
    const { since, sent_after: sentAfter, ...rest } = parsed.data
    const filter = { ...rest, ...(since ? { since: Date.parse(since) } : {}) }
    if (sentAfter !== undefined) return c.json(await history.sentAfter(sentAfter, rest.limit))
    return c.json({ notifications: await history.list(filter) })
  })
  app.post('/api/notifications/:id/acknowledge', limited, async (c) => {
    const parsed = acknowledgement.safeParse(await c.req.json().catch(() => null))
    if (!parsed.success) return problem(c, 400, 'bad-body', mistakes(parsed.error))
    const done = await parts.acknowledge(c.req.param('id'), parsed.data.by)
    if (done === 'unknown') return problem(c, 404, 'unknown-notification', 'no notification has this id')
    if (done === 'over') return problem(c, 409, 'over', 'its page is over: there is nothing to acknowledge')
    if (done === 'outdone')
      return problem(c, 409, 'outdone', 'its page has got worse since: acknowledge the newer notification')
    return c.json({ acknowledged: true })
  })
  app.notFound((c) => problem(c, 404, 'not-found', 'there is nothing at this path; see docs/pager.md'))
  app.onError((error, c) => {
    events.tell('pager.failed', { doing: 'api', detail: error.message })
    return problem(c, 500, 'internal', 'something went wrong here; see the log')
  })
  return app
}

function mistakes(error: z.ZodError): string {
  const said = error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
  return said.slice(0, 5).join('; ')
}
