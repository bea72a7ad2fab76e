// `linda webhooks`: what waits for each webhook, which deliveries are dead, and another chance for them.

import type { Asking } from './agent-api.ts'
import { answering, askJson } from './answering.ts'
import type { CommandIo } from './io.ts'
import { table } from './table.ts'

interface Listed {
  id: string
  /** Null where it is configured no more. */
  origin: string | null
  queued: number | null
  claimed: number | null
  dead: number | null
  oldestAt: string | null
}

interface Delivery {
  id: string
  type: string
  lane: string
  attempts: number
  createdAt: string
  error: string | null
}

interface Redriven {
  redriven: number
  left: number
  hurried: number
}

/** Opening a hundred thousand dead letters again takes the agent some seconds. */
const REDRIVE_TIMEOUT_MS = 300_000

/** Status 1 when the agent does not answer, 2 when it refuses. */
export function showWebhooks({ json }: { json: boolean }, io: CommandIo): Promise<number> {
  return answered<{ webhooks: Listed[] }>('/api/webhooks', 'webhooks', { json }, io, ({ webhooks }) =>
    table(
      ['WEBHOOK', 'ORIGIN', 'QUEUED', 'CLAIMED', 'DEAD', 'OLDEST'],
      webhooks.map(({ id, origin, queued, claimed, dead, oldestAt }) => [
        id,
        origin ?? 'not configured',
        ...[queued, claimed, dead].map((count) => String(count ?? '-')),
        oldestAt ?? '-',
      ]),
      { right: ['QUEUED', 'CLAIMED', 'DEAD'] },
    ),
  )
}

/** The dead letters of a webhook, the newest first. */
export function showDead(
  webhook: string,
  { json, limit }: { json: boolean; limit: string },
  io: CommandIo,
): Promise<number> {
  const query = new URLSearchParams({ state: 'dead', limit })
  const path = `/api/webhooks/${encodeURIComponent(webhook)}/deliveries?${query}`
  return answered<{ deliveries: Delivery[] }>(path, 'deliveries', { json }, io, ({ deliveries }) =>
    table(
      ['DELIVERY', 'TYPE', 'LANE', 'ATTEMPTS', 'CREATED', 'WHY'],
      deliveries.map(({ id, type, lane, attempts, createdAt, error }) => [
        id,
        type,
        lane,
        String(attempts),
        createdAt,
        error ?? '-',
      ]),
      { right: ['ATTEMPTS'] },
    ),
  )
}

/** Has dead letters tried again: those that are named, or with `all` every one. Status 2 when it is neither or both. */
export async function redriveWebhook(
  webhook: string,
  deliveries: readonly string[],
  { all, json }: { all: boolean; json: boolean },
  io: CommandIo,
): Promise<number> {
  if (all === deliveries.length > 0) {
    io.err(`found ${all ? '--all and deliveries' : 'nothing to drive again'}, allowed: deliveries or --all\n`)
    return 2
  }
  const path = `/api/webhooks/${encodeURIComponent(webhook)}/redrive`
  const asking: Asking = {
    method: 'POST',
    body: all ? {} : { ids: deliveries },
    timeoutMs: REDRIVE_TIMEOUT_MS,
  }
  return answered<Redriven>(path, 'redriven', { json, asking }, io, (found) => {
    const { redriven, left, hurried } = found
    const says = [`${webhook}: ${redriven} tried again`]
    if (hurried > 0) says.push(`${hurried} lanes that waited after a failure are tried now`)
    if (left > 0) says.push(`${left} are still dead, because no more may wait; drive them again later`)
    if (!all && redriven + left < deliveries.length) says.push('the others are not dead or do not exist')
    return `${says.join('; ')}\n`
  })
}

function answered<B extends object>(
  path: string,
  key: keyof B & string,
  { json, asking = {} }: { json: boolean; asking?: Asking },
  io: CommandIo,
  show: (body: B) => string,
): Promise<number> {
  return answering(io, async () => {
    const body = await askJson<B>(path, io, asking, (found) => key in found)
    return json ? body : show(body)
  })
}
