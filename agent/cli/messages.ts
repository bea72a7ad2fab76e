// `linda send` and `linda messages`: a text into the outbox, and where messages are; their texts and numbers are never shown.

import { randomUUID } from 'node:crypto'
import { answering, askJson } from './answering.ts'
import type { CommandIo } from './io.ts'
import { listing, table } from './table.ts'

interface Shown {
  id: string
  pool: string
  account: string | null
  state: string
  open: boolean
  attempts: number
  code: string | null
  possibleDuplicate: boolean
  acceptedAt: string
  steps: { at: string; state: string; account?: string; code?: string }[]
  waitsFor?: { what: string; detail: string; until: string | null } | null
}

interface Json {
  json: boolean
}

interface Sending extends Json {
  to: string
  text: string
  pool?: string
  account?: string
  key?: string
  wait: string
}

/**
 * Status 0 when WhatsApp has it, 1 when it has not yet or never will, or the agent does not answer; 2 when it is refused. It always has a
 * key: where nobody knows whether it was accepted, the same command with that key is the same message.
 */
export async function sendMessage(
  { to, text, pool, account, key = randomUUID(), wait, json }: Sending,
  io: CommandIo,
): Promise<number> {
  let state = ''
  const status = await answering(io, async () => {
    const message = await askJson<Shown>(`/api/messages?${new URLSearchParams({ wait })}`, io, {
      method: 'POST',
      body: { to, text, ...(pool && { pool }), ...(account && { account }) },
      headers: { 'idempotency-key': key },
      timeoutMs: 70_000,
    })
    state = message.state
    return json ? message : told(message)
  })
  if (status === 1) io.err(`it may have been accepted all the same: repeat it with --key ${key}\n`)
  return status === 0 && !['acked', 'delivered', 'read'].includes(state) ? 1 : status
}

export function listMessages(
  {
    pool,
    account,
    state,
    open,
    limit,
    json,
  }: Json &
    Partial<Record<'pool' | 'account' | 'state', string>> & {
      open?: boolean
      limit: string
    },
  io: CommandIo,
): Promise<number> {
  const query = new URLSearchParams({
    limit,
    ...(pool && { pool }),
    ...(account && { account }),
    ...(state && { state }),
    ...(open && { open: 'true' }),
  })
  return answering(io, async () => {
    const answer = await askJson<{ messages: Shown[] }>(`/api/messages?${query}`, io)
    if (json) return answer
    const rows = answer.messages.map((m) => [
      m.acceptedAt,
      m.pool,
      m.account ?? '-',
      m.state,
      String(m.attempts),
      m.code ?? '',
      m.possibleDuplicate ? 'perhaps' : '',
      m.id,
    ])
    // Columns in which nothing stands are missed by nobody.
    const idle = [
      ...(answer.messages.some((m) => m.possibleDuplicate) ? [] : ['TWICE']),
      ...(answer.messages.some((m) => m.code) ? [] : ['CODE']),
    ]
    return listing(io, ['ACCEPTED', 'POOL', 'ACCOUNT', 'STATE', 'TRIES', 'CODE', 'TWICE', 'ID'], rows, {
      right: ['TRIES'],
      yields: [...idle, { shorten: 'ACCEPTED' }, 'TRIES', 'POOL', { shorten: 'CODE' }, 'ACCOUNT', 'TWICE'],
      none: pool || account || state || open ? 'no message matches' : 'no message yet',
    })
  })
}

export function showMessage(id: string, { json }: Json, io: CommandIo): Promise<number> {
  return answering(io, async () => {
    const message = await askJson<Shown>(`/api/messages/${encodeURIComponent(id)}`, io)
    return json ? message : told(message)
  })
}

export function actOnMessage(
  id: string,
  what: 'cancel' | 'resend',
  { json }: Json,
  io: CommandIo,
): Promise<number> {
  return answering(io, async () => {
    const message = await askJson<Shown>(`/api/messages/${encodeURIComponent(id)}/${what}`, io, {
      method: 'POST',
    })
    return json ? message : told(message)
  })
}

function told({ id, state, account, pool, possibleDuplicate, steps, waitsFor }: Shown): string {
  const twice = possibleDuplicate ? '; the recipient may have it twice' : ''
  const rows = steps.map(({ at, state: step, account: who, code }) => [at, step, who ?? '', code ?? ''])
  const until = waitsFor?.until ? `, until ${waitsFor.until} at the latest` : ''
  const waits = waitsFor ? `\nwaits for: ${waitsFor.detail}${until}` : ''
  return `${id}: ${state} (${account ?? 'no account'} of ${pool})${twice}${waits}\n\n${table(['AT', 'STATE', 'ACCOUNT', 'CODE'], rows)}`
}
