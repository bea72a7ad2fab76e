// Showing and resetting codes: what a viewer gets is the current code with its remaining life, never an expired one.

import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import type { Bus } from '../events.ts'
import type { Fleet, Member } from '../fleet/fleet.ts'
import type { Code } from '../pairing/attempt.ts'
import { renderCode } from '../pairing/render.ts'
import type { PairingMethod } from '../words.ts'
import type { AdminEnv } from './auth.ts'
import { serving } from './contract/serve.ts'
import * as endpoints from './endpoints/pairing.ts'
import { Problem } from './problem.ts'
import { memberFor } from './scope.ts'
import { statusOf } from './wording.ts'

/** How long an asker waits for a code that is about to come, in milliseconds. */
const PATIENCE_MS = 5_000
const POLL_MS = 50

export function qrRoutes(fleet: Fleet, bus: Bus): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  const serve = serving(app, bus)
  serve(endpoints.getCode, async ({ c, params, query: { format }, reply }) => {
    const member = memberFor(c, fleet, params.phoneNumber)
    const code = await codeOf(member)
    const lifeLeftMs = Math.max(0, code.expiresAt - Date.now())
    c.header('cache-control', 'no-store')
    c.header('linda-code-life-ms', String(lifeLeftMs))
    if (format === 'json')
      return reply(200, {
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
      if (format === 'text') return c.text(`${code.code}\n`)
      throw new Problem(
        409,
        'typed-code',
        `the code of ${member.account.id} is to be typed into the phone; ask for format=json or format=text`,
      )
    }
    const { body, contentType } = await renderCode(code.code, format)
    return c.body(body, 200, { 'content-type': contentType })
  })
  const beginnings = [
    [endpoints.resetCode, 'qr'],
    [endpoints.askTypedCode, 'code'],
  ] as const satisfies [unknown, PairingMethod][]
  for (const [e, method] of beginnings)
    serve(e, async ({ c, params, reply }) => {
      const { account, session } = memberFor(c, fleet, params.phoneNumber)
      if (session.state === 'open' || session.state === 'restricted')
        throw new Problem(
          409,
          'linked',
          `${account.id} is linked and open; unlink it on its phone before pairing again`,
        )
      await session.restart(method)
      return reply(202, { phoneNumber: account.phone, account: account.id, status: statusOf(session.state) })
    })
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
