// Messages through the outbox: accepted means stored, and where a message is can be asked at any time.

import { type Context, Hono } from 'hono'
import { parseDuration } from '../config/durations.ts'
import type { Bus } from '../events.ts'
import { type Outbox, OutboxFullError } from '../outbox/outbox.ts'
import { type MessageRow, viewOf } from '../outbox/row.ts'
import type { WaitsFor } from '../outbox/waits-for.ts'
import { attributes, openSpan } from '../telemetry/tracing.ts'
import type { Caller } from './access/caller.ts'
import { type AdminEnv, authorOf } from './auth.ts'
import { type Asked, serving } from './contract/serve.ts'
import * as endpoints from './endpoints/messages.ts'
import { conditionOf, together } from './filter/sql.ts'
import { nextLink } from './list/link.ts'
import { only } from './list/rows.ts'
import { storedPage } from './list/stored.ts'
import { canonical, keyOf, type MessageBody, notBeforeOf, waitOf } from './message-body.ts'
import type { Names } from './names.ts'
import { Problem } from './problem.ts'
import { isUuid } from './schemas/scalars.ts'
import { poolsOf, sees, unknownAccount, visible } from './scope.ts'
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
  /** What an open message waits for; null for one that has ended. Rejects with StoreError. */
  waitsFor(row: MessageRow): Promise<WaitsFor | null>
}

const RETRY_AFTER_S = 5

export function messageRoutes(parts: MessageParts, names: Names): Hono<AdminEnv> {
  const { outbox, bus } = parts
  const app = new Hono<AdminEnv>()
  const serve = serving(app, bus)
  serve(endpoints.acceptMessage, (asked) => accept(asked, parts))
  serve(endpoints.listMessages, async ({ c, query, reply }) => {
    const { filter = [], sort, limit, cursor, fields, open, ...rest } = await names.checked(c, query)
    const also = together(visible(c), conditionOf(filter, endpoints.messageList.filters))
    const { rows, nextCursor } = await storedPage(
      { filter, sort, limit, cursor },
      endpoints.messageList,
      { keyOf: ({ id }: MessageRow) => id, isKey: isUuid },
      (slice) =>
        stored(
          outbox.list({
            ...rest,
            ...slice,
            also,
            ...(open === undefined ? {} : { open: open === 'true' }),
          }),
        ),
    )
    const messages = rows.map((row) => only(viewOf(row), fields))
    const next = rows.length === limit ? (rows.at(-1)?.id ?? null) : null
    return reply(200, { messages, next, nextCursor }, nextLink(c, nextCursor))
  })
  serve(endpoints.getMessage, async ({ c, params, query, reply }) => {
    const waitMs = waitOf(query.wait)
    const id = idOf(params.id)
    // Before it is waited for: whoever may not see it does not learn when it ends.
    await mayTouch(c, id)
    const row = known(c, await stored(outbox.settled(id, waitMs)))
    return reply(200, { ...viewOf(row), waitsFor: await stored(parts.waitsFor(row)) })
  })
  for (const [what, e] of [
    ['cancel', endpoints.cancelMessage],
    ['resend', endpoints.resendMessage],
  ] as const)
    serve(e, async ({ c, params, reply }) => {
      const id = idOf(params.id)
      await mayTouch(c, id)
      const done = await stored(
        outbox[what](id, { ...authorOf(c), expiresAt: Date.now() + parts.expiresAfterMs }),
      )
      if (done) return reply(200, viewOf(done))
      const { state } = known(c, await stored(outbox.find(id)))
      throw new Problem(409, 'state', `the message is ${state}; ${allowed[what]}`)
    })
  return app

  /** Asks the store only where there is something that the caller may not see. */
  async function mayTouch(c: Context<AdminEnv>, id: string): Promise<void> {
    if (poolsOf(c) !== null) known(c, await stored(outbox.find(id)))
  }
}

const allowed = {
  cancel: 'only one that is scheduled, queued, parked or unknown, and not being sent, can be cancelled',
  resend: 'only one that failed, expired or was held can be sent again',
}

/** Throws the Problem of what cannot be an id, before the store is asked. */
function idOf(text: string): string {
  if (/^[0-9A-Za-z-]{1,64}$/.test(text)) return text
  throw unknownMessage()
}

function unknownMessage(): Problem {
  return new Problem(404, 'not-found', 'there is no message with this id; it may have been forgotten')
}

/** Throws Problem where there is none, or none for this caller. */
function known(c: Context<AdminEnv>, row: MessageRow | null): MessageRow {
  if (!row || !sees(c, row.pool)) throw unknownMessage()
  return row
}

async function accept(
  { c, query, body, reply }: Asked<typeof endpoints.acceptMessage>,
  { outbox, directory, expiresAfterMs, waitsFor }: MessageParts,
): Promise<Response> {
  const waitMs = waitOf(query.wait)
  const key = keyOf(c.req.header('idempotency-key'))
  const { pool, account } = addressee(body, directory, (id) => sees(c, id))
  const span = openSpan('accept', account ?? '', { [attributes.operation]: 'create' })
  try {
    const now = Date.now()
    const notBefore = notBeforeOf(body, now)
    const accepted = outbox.accept({
      caller: keyholder(c.get('caller')),
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
    // It costs a question to the store, which thousands that do not wait need not pay.
    const waits = waitMs > 0 ? { waitsFor: await waitsFor(present).catch(() => undefined) } : {}
    return reply(present.open === 1 ? 202 : 200, { ...viewOf(present), ...waits })
  } catch (error) {
    if (!(error instanceof OutboxFullError)) throw error
    throw new Problem(429, 'outbox-full', error.message, { 'retry-after': String(RETRY_AFTER_S) })
  } finally {
    span.end()
  }
}

/** Whose keys those of a request are: tokens may have one name and be of different tenants. */
function keyholder({ name, pools }: Caller): string {
  return pools === undefined ? name : `${name} ${JSON.stringify([...pools].sort())}`
}

/** Which pool a message goes to, and which account of it where the caller named one. @param seen whether the caller may see the pool */
function addressee(
  body: MessageBody,
  directory: PoolDirectory,
  seen: (pool: string) => boolean,
): { pool: string; account: string | null } {
  if (body.account !== undefined) {
    const account = directory.find(body.account)
    if (!account || !seen(account.pool)) throw unknownAccount(body.account)
    if (body.pool !== undefined && body.pool !== account.pool)
      throw new Problem(
        400,
        'bad-body',
        `account: ${account.id} is in the pool ${account.pool}, not in ${body.pool}`,
      )
    return { pool: account.pool, account: account.id }
  }
  const pools = directory.pools().filter(seen)
  const pool = body.pool ?? (pools.length === 1 ? pools[0] : undefined)
  if (pool === undefined)
    throw new Problem(400, 'bad-body', `pool: found nothing, allowed: one of ${pools.join(', ')}`)
  const accounts = seen(pool) ? directory.accountsOf(pool) : undefined
  if (!accounts) throw new Problem(400, 'unknown-pool', `pool: there is no ${pool}, only ${pools.join(', ')}`)
  if (accounts.length === 0)
    throw new Problem(422, 'empty-pool', `the pool ${pool} has no account; nothing was accepted`)
  return { pool, account: null }
}
