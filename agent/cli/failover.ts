// `linda failover`: what was decided and why, and what a person decides: switch over, clear, switch off.

import { AskError } from './agent-api.ts'
import { answering, askJson } from './answering.ts'
import type { CommandIo } from './io.ts'
import { listing } from './table.ts'

interface Shown {
  id: string
  pool: string
  account: string
  chosen: string | null
  kind: string
  cause: string
  state: string
  open: boolean
  startedAt: string
  moved: number
  unsure: number
  steps: { at: string; state: string; note?: string }[]
  ranking: { account: string; rank: number | null; why: string }[]
}

interface Json {
  json: boolean
}

/** How long a switch-over is watched before the command gives up watching; it goes on without it. */
const WATCH_MS = 120_000
const LOOK_EVERY_MS = 300

/** Status 1 when the agent does not answer, 2 when it refuses; so for every command here. */
export function listFailovers(
  { account, pool, limit, json }: Json & { account?: string; pool?: string; limit: string },
  io: CommandIo,
): Promise<number> {
  const query = new URLSearchParams({ limit, ...(account && { account }), ...(pool && { pool }) })
  return answering(io, async () => {
    const answer = await askJson<{ automatic: string; failovers: Shown[] }>(`/api/failovers?${query}`, io)
    if (json) return answer
    const rows = answer.failovers.map((f) => [
      f.startedAt,
      f.pool,
      f.account,
      f.chosen ?? '-',
      f.kind,
      f.cause,
      f.state,
      String(f.moved),
      String(f.unsure),
      f.id,
    ])
    const head = ['STARTED', 'POOL', 'FROM', 'TO', 'KIND', 'CAUSE', 'STATE', 'MOVED', 'UNSURE', 'ID']
    const said = listing(io, head, rows, {
      right: ['MOVED', 'UNSURE'],
      yields: [{ shorten: 'STARTED' }, 'UNSURE', 'MOVED', 'KIND', 'POOL', 'CAUSE', 'TO'],
      none: account || pool ? 'no failover matches' : 'no failover yet',
    })
    return `automatic failover is ${answer.automatic}\n${said}`
  })
}

/** One failover with every step and why each account was ranked or refused. */
export function showFailover(id: string, { json }: Json, io: CommandIo): Promise<number> {
  return answering(io, async () => {
    const f = await askJson<Shown>(`/api/failovers/${encodeURIComponent(id)}`, io)
    return json ? f : told(f, io)
  })
}

/**
 * Begins a failover and watches it to its end. Status 1 also where it did not end with another account in its place.
 * @param wait false returns at once
 */
export async function failOver(
  { from, to, force, wait, json }: Json & { from: string; to?: string; force: boolean; wait: boolean },
  io: CommandIo,
): Promise<number> {
  let ended: Shown | null = null
  const status = await answering(io, async () => {
    const body = { from, ...(to && { to }), kind: force ? 'forced' : 'planned' }
    let f = await askJson<Shown>('/api/failovers', io, { method: 'POST', body })
    if (wait && !json) io.err(`failover ${f.id} has begun; it goes on whether or not it is watched\n`)
    const endsAt = performance.now() + WATCH_MS
    while (wait && f.open && performance.now() < endsAt) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
      f = await watched(f, endsAt, io)
    }
    ended = f
    return json ? f : told(f, io)
  })
  const { state, open } = (ended ?? {}) as Partial<Shown>
  return status === 0 && wait && (open || state !== 'active') ? 1 : status
}

/** As it is now. An agent that is away for a moment says nothing of the failover: it is asked again until the time is over. */
async function watched(f: Shown, endsAt: number, io: CommandIo): Promise<Shown> {
  try {
    return await askJson<Shown>(`/api/failovers/${f.id}`, io)
  } catch (error) {
    if (!(error instanceof AskError) || error.status !== 1) throw error
    if (performance.now() < endsAt) return f
    throw new AskError(`failover ${f.id} has begun, and how it ended is not known: ${error.message}`, 1)
  }
}

export function clearFailover(account: string, { json }: Json, io: CommandIo): Promise<number> {
  return answering(io, async () => {
    const answer = await askJson<{ account: string }>('/api/failovers/clear', io, {
      method: 'POST',
      body: { account },
    })
    return json ? answer : `${answer.account}: in service again, its damping is cleared\n`
  })
}

export function switchFailover(automatic: 'on' | 'off', { json }: Json, io: CommandIo): Promise<number> {
  return answering(io, async () => {
    const answer = await askJson<{ automatic: string }>('/api/failovers/switch', io, {
      method: 'PUT',
      body: { automatic },
    })
    return json ? answer : `automatic failover is ${answer.automatic}\n`
  })
}

function told(
  { id, account, chosen, kind, cause, state, moved, unsure, steps, ranking }: Shown,
  io: CommandIo,
): string {
  const began = Date.parse(steps[0]?.at ?? '')
  const lines = steps.map(({ at, state: step, note }) => [`+${Date.parse(at) - began} ms`, step, note ?? ''])
  const ranked = ranking.map(({ account: who, rank, why }) => [rank === null ? '-' : String(rank), who, why])
  const head = `${account} -> ${chosen ?? 'nobody'}: ${state} (${kind}, ${cause}); ${moved} messages moved, ${unsure} of them perhaps sent; ${id}\n`
  const way = listing(io, ['AFTER', 'STEP', 'NOTE'], lines, {
    yields: [{ shorten: 'NOTE' }],
    none: 'no step yet',
  })
  if (ranked.length === 0) return `${head}\n${way}`
  const others = listing(io, ['RANK', 'ACCOUNT', 'WHY'], ranked, { yields: [{ shorten: 'WHY' }], none: '' })
  return `${head}\n${way}\n${others}`
}
