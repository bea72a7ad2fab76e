// Messages through the outbox: accepted means stored, and where a message is can be asked at any time.

import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { parseDuration } from '../config/durations.ts'
import type { Bus } from '../events.ts'
import { type Outbox, OutboxFullError } from '../outbox/outbox.ts'
import { type MessageRow, viewOf } from '../outbox/row.ts'
import { attributes, openSpan } from '../telemetry/tracing.ts'
import { messageStates } from '../words.ts'
import { type AdminEnv, atLeast } from './auth.ts'
import { checked, readJson } from './input.ts'
import { canonical, keyOf, type MessageBody, parseBody, waitOf } from './message-body.ts'
import { Problem } from './problem.ts'
import { stored } from './stored.ts'

/** A pool, and who may send for it. */
export interface PoolDirectory {
  /** The ids of its accounts on any node; undefined where there is no such pool. */
  accountsOf(pool: string): readonly string[] | undefined
  /** By id or phone. */
  find(key: string): { id: string; pool: string } | undefined
  pools(): readonly string[]
}

export interface MessageParts {
  outbox: Outbox
  directory: PoolDirectory
  bus: Bus
  /** Where the caller names no time, in milliseconds. */
  expiresAfterMs: number
}

const RETRY_AFTER_S = 5

const listSchema = z.strictObject({
  pool: z.string().max(64).optional(),
  account: z.string().max(64).optional(),
  state: z.enum(messageStates).optional(),
  open: z.enum(['true', 'false']).optional(),
  before: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})

export function messageRoutes(parts: MessageParts): Hono<AdminEnv> {
  const { outbox, bus } = parts
  const app = new Hono<AdminEnv>()
  app.post('/', atLeast('operator', bus), (c) => accept(c, parts))
  app.get('/', async (c) => {
    const { open, ...rest } = checked(listSchema, c.req.query(), 'query')
    // A phone finds its account too; what nobody lists any more may still have messages.
    const account =
      rest.account === undefined ? undefined : (parts.directory.find(rest.account)?.id ?? rest.account)
    const rows = await stored(
      outbox.list({ ...rest, account, ...(open === undefined ? {} : { open: open === 'true' }) }),
    )
    return c.json({ messages: rows.map(viewOf), next: rows.length === rest.limit ? rows.at(-1)?.id : null })
  })
  app.get('/:id', async (c) => {
    const waitMs = waitOf(c.req.query('wait'))
    return c.json(viewOf(known(await stored(outbox.settled(idOf(c.req.param('id')), waitMs)))))
  })
  for (const what of ['cancel', 'resend'] as const)
    app.post(`/:id/${what}`, atLeast('operator', bus), async (c) => {
      const id = idOf(c.req.param('id'))
      const { name: who } = c.get('caller')
      const done = await stored(outbox[what](id, { who, expiresAt: Date.now() + parts.expiresAfterMs }))
      if (done) return c.json(viewOf(done))
      const { state } = known(await stored(outbox.find(id)))
      throw new Problem(409, 'state', `the message is ${state}; ${allowed[what]}`)
    })
  return app
}

const allowed = {
  cancel: 'only one that is scheduled, queued, parked or unknown, and not being sent, can be cancelled',
  resend: 'only one that failed, expired or was held can be sent again',
}

/** Throws the Problem of what cannot be an id, before the store is asked. */
function idOf(text: string): string {
  if (/^[0-9A-Za-z-]{1,64}$/.test(text)) return text
  return known(null).id
}

function known(row: MessageRow | null): MessageRow {
  if (!row)
    throw new Problem(404, 'not-found', 'there is no message with this id; it may have been forgotten')
  return row
}

async function accept(
  c: Context<AdminEnv>,
  { outbox, directory, expiresAfterMs }: MessageParts,
): Promise<Response> {
  const waitMs = waitOf(c.req.query('wait'))
  const key = keyOf(c.req.header('idempotency-key'))
  const body = parseBody(await readJson(c))
  const { pool, account } = addressee(body, directory)
  const span = openSpan('accept', account ?? '', { [attributes.operation]: 'create' })
  try {
    const now = Date.now()
    const notBefore = body.notBefore === undefined ? null : Date.parse(body.notBefore)
    const accepted = outbox.accept({
      caller: c.get('caller').name,
      key,
      body: canonical(body),
      pool,
      account,
      region: body.region ?? null,
      to: body.to,
      content: body.content ?? { type: 'text', text: body.text ?? '' },
      notBefore,
      expiresAt: Math.max(now, notBefore ?? now) + (parseDuration(body.expiresAfter ?? '') ?? expiresAfterMs),
      trace: span.trace ? `${span.trace.traceId}-${span.trace.spanId}` : null,
    })
    const { kind, row } = await stored(accepted)
    span.set({ [attributes.messageId]: row.wa_id })
    if (kind === 'key-taken')
      throw new Problem(409, 'key-taken', 'this Idempotency-Key was used for another message', {
        'linda-message': row.id,
      })
    // It is accepted, whether or not the store can be asked about it by now.
    const present = waitMs > 0 ? ((await outbox.settled(row.id, waitMs).catch(() => null)) ?? row) : row
    c.header('location', `/api/messages/${row.id}`)
    if (kind === 'repeated') c.header('idempotency-replayed', 'true')
    return c.json(viewOf(present), present.open === 1 ? 202 : 200)
  } catch (error) {
    if (!(error instanceof OutboxFullError)) throw error
    throw new Problem(429, 'outbox-full', error.message, { 'retry-after': String(RETRY_AFTER_S) })
  } finally {
    span.end()
  }
}

/** Which pool a message goes to, and which account of it where the caller named one. */
function addressee(body: MessageBody, directory: PoolDirectory): { pool: string; account: string | null } {
  if (body.account !== undefined) {
    const account = directory.find(body.account)
    if (!account)
      throw new Problem(404, 'unknown-account', `no account has the id or phone "${body.account}"`)
    if (body.pool !== undefined && body.pool !== account.pool)
      throw new Problem(
        400,
        'bad-body',
        `account: ${account.id} is in the pool ${account.pool}, not in ${body.pool}`,
      )
    return { pool: account.pool, account: account.id }
  }
  const pools = directory.pools()
  const pool = body.pool ?? (pools.length === 1 ? pools[0] : undefined)
  if (pool === undefined)
    throw new Problem(400, 'bad-body', `pool: found nothing, allowed: one of ${pools.join(', ')}`)
  const accounts = directory.accountsOf(pool)
  if (!accounts) throw new Problem(400, 'unknown-pool', `pool: there is no ${pool}, only ${pools.join(', ')}`)
  if (accounts.length === 0)
    throw new Problem(422, 'empty-pool', `the pool ${pool} has no account; nothing was accepted`)
  return { pool, account: null }
}
