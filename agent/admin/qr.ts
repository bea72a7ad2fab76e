// Showing and resetting codes: what a viewer gets is the current code with its remaining life, never an expired one.

import { setTimeout as sleep } from 'node:timers/promises'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Bus } from '../events.ts'
import type { Fleet, Member } from '../fleet/fleet.ts'
import type { Code } from '../pairing/attempt.ts'
import { renderCode } from '../pairing/render.ts'
import type { PairingMethod } from '../words.ts'
import { type AdminEnv, atLeast } from './auth.ts'
import { statusOf } from './connections.ts'
import { findMember } from './find.ts'
import { Problem } from './problem.ts'
import { refuseHead } from './route.ts'

const formats = ['json', 'png', 'svg', 'text'] as const
const formatSchema = z.enum(formats)
/** How long an asker waits for a code that is about to come, in milliseconds. */
const PATIENCE_MS = 5_000
const POLL_MS = 50

export function qrRoutes(fleet: Fleet, bus: Bus): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  const operator = atLeast('operator', bus)
  app.get('/connections/:phoneNumber/qr', operator, async (c) => {
    // A HEAD would count as somebody looking at a code that nobody sees.
    refuseHead(c, 'a code')
    const member = findMember(fleet, c.req.param('phoneNumber'))
    const asked = c.req.query('format') ?? 'json'
    const format = formatSchema.safeParse(asked)
    if (!format.success)
      throw new Problem(
        400,
        'bad-format',
        `found format "${asked.slice(0, 32)}", allowed: ${formats.join(', ')}`,
      )
    const code = await codeOf(member)
    const lifeLeftMs = Math.max(0, code.expiresAt - Date.now())
    c.header('cache-control', 'no-store')
    c.header('linda-code-life-ms', String(lifeLeftMs))
    if (format.data === 'json')
      return c.json({
        phoneNumber: member.account.phone,
        account: member.account.id,
        attempt: member.session.pairing.attempt?.number ?? null,
        method: code.method,
        index: code.index,
        code: code.code,
        issued: new Date(code.issuedAt).toISOString(),
        expires: new Date(code.expiresAt).toISOString(),
        lifeLeftMs,
      })
    if (code.method === 'code') {
      // A picture of it would be scanned, and mean nothing.
      if (format.data === 'text') return c.text(`${code.code}\n`)
      throw new Problem(
        409,
        'typed-code',
        `the code of ${member.account.id} is to be typed into the phone; ask for format=json or format=text`,
      )
    }
    const { body, contentType } = await renderCode(code.code, format.data)
    return c.body(body, 200, { 'content-type': contentType })
  })
  const startOver = (method: PairingMethod) => async (c: Context<AdminEnv, '/:phoneNumber'>) => {
    const { account, session } = findMember(fleet, c.req.param('phoneNumber'))
    if (session.state === 'open' || session.state === 'restricted')
      throw new Problem(
        409,
        'linked',
        `${account.id} is linked and open; unlink it on its phone before pairing again`,
      )
    await session.restart(method)
    return c.json({ phoneNumber: account.phone, account: account.id, status: statusOf(session.state) }, 202)
  }
  app.post('/quick-actions/:phoneNumber/reset-qr', operator, startOver('qr'))
  app.post('/quick-actions/:phoneNumber/pairing-code', operator, startOver('code'))
  return app
}

/** The current code; waits a little for one that is being fetched. Throws the Problem that fits the state. */
async function codeOf({ account, session }: Member): Promise<Code> {
  const until = Date.now() + PATIENCE_MS
  do {
    const code = session.viewCode()
    if (code) return code
    const { state, lastDisconnect } = session.snapshot
    if (state === 'waiting') {
      const why =
        lastDisconnect?.reason === 'passkey-required'
          ? 'a passkey is demanded'
          : 'the codes were shown in vain'
      throw new Problem(
        409,
        'reset-needed',
        `${account.id} waits for a person (${why}); reset its QR to begin again`,
      )
    }
    if (state !== 'connecting' && state !== 'pairing')
      throw new Problem(409, 'not-pairing', `${account.id} is ${state} and has no code to show`)
    await sleep(POLL_MS)
  } while (Date.now() < until)
  const retry = { 'retry-after': '2' }
  throw new Problem(
    503,
    'no-code-yet',
    `WhatsApp has not handed out a code for ${account.id} yet; ask again`,
    retry,
  )
}
