// Sending a text through one account: the answer comes after WhatsApp's own acknowledgement, or says what is not known.

import { Hono } from 'hono'
import { z } from 'zod'
import type { Bus } from '../events.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { mintMessageId } from '../session/message-id.ts'
import { SendError } from '../session/socket.ts'
import { type AdminEnv, atLeast } from './auth.ts'
import { findMember } from './find.ts'
import { Problem } from './problem.ts'

const bodySchema = z.strictObject({
  account: z.string().min(1).max(64),
  to: z.string().regex(/^\+[1-9]\d{6,14}$/, 'an E.164 phone, for example +971501234567'),
  text: z.string().min(1).max(4096),
  /** Given again after an unknown outcome, so that WhatsApp and its users see one message. */
  messageId: z
    .string()
    .regex(/^[0-9A-F]{16,40}$/, '16 to 40 upper-case hexadecimal characters')
    .optional(),
})

export function messageRoutes(fleet: Fleet, bus: Bus): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  app.post('/', atLeast('operator', bus), async (c) => {
    const parsed = bodySchema.safeParse(await readJson(c.req.raw))
    if (!parsed.success)
      throw new Problem(
        400,
        'bad-body',
        parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; '),
      )
    const { account, to, text, messageId = mintMessageId() } = parsed.data
    const { session } = findMember(fleet, account)
    try {
      const ms = await session.send({ messageId, to: `${to.slice(1)}@s.whatsapp.net`, text })
      return c.json({ account, messageId, state: 'acked', ackMs: Math.round(ms) })
    } catch (error) {
      if (!(error instanceof SendError)) throw error
      throw problemOf(error, messageId)
    }
  })
  return app
}

/** 504 keeps its usual meaning: it may have happened. Asking again with the same messageId is safe. */
function problemOf({ code, outcome }: SendError, messageId: string): Problem {
  const headers = { 'linda-message-id': messageId }
  if (outcome === 'unknown')
    return new Problem(
      504,
      code,
      `the outcome of ${messageId} is unknown; ask again with the same messageId`,
      headers,
    )
  if (code === 'id-taken')
    return new Problem(409, code, `${messageId} was used for another recipient or text`, headers)
  if (code === 'not-on-whatsapp') return new Problem(422, code, 'the recipient is not on WhatsApp', headers)
  if (code === 'not-open')
    return new Problem(503, code, 'the session is not open; nothing was sent', {
      ...headers,
      'retry-after': '5',
    })
  if (code.startsWith('nack-')) return new Problem(502, code, 'WhatsApp refused the message', headers)
  return new Problem(503, code, 'nothing was sent', { ...headers, 'retry-after': '5' })
}

async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json()
  } catch {
    throw new Problem(400, 'bad-body', 'the body is not JSON')
  }
}
