// What `linda diagnose` says of pools: which of them send nothing, why, and where more is said.

import { AskError } from './agent-api.ts'
import { askJson } from './answering.ts'
import { type Colour, painter } from './colour.ts'
import type { CommandIo } from './io.ts'
import { type ParkedNow, type PoolNow, type SilentPool, silentPools } from './silent-pools.ts'

export const colours: Readonly<Record<'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW', Colour>> = {
  CRITICAL: 'red',
  HIGH: 'red',
  MEDIUM: 'yellow',
  LOW: 'dim',
}

/** Parked messages that are looked at; where there are more, the count says at least. */
const MOST_PARKED = 500

/** Rejects with AskError. */
export function askRouting(query: string, io: CommandIo): Promise<{ pools: PoolNow[] }> {
  return askJson<{ pools: PoolNow[] }>(`/api/routing?${query}`, io, {}, (body) => Array.isArray(body.pools))
}

/** Null where the store is away: what is known of sessions is told all the same. */
async function askParked(
  io: CommandIo,
): Promise<{ messages: ParkedNow[]; nextCursor: string | null } | null> {
  const query = `state=parked&sort=acceptedAt&fields=pool,acceptedAt&limit=${MOST_PARKED}`
  try {
    return await askJson(`/api/messages?${query}`, io, {}, (body) => 'messages' in body)
  } catch (error) {
    if (!(error instanceof AskError) || error.status !== 1) throw error
    io.err(`whether messages are parked is not known: ${error.message}\n`)
    return null
  }
}

/** What is wrong with pools, and how it is told; nothing where nothing is. Rejects with AskError. */
export async function askSilent(io: CommandIo): Promise<{ pools: SilentPool[]; text: string }> {
  const [{ pools: all }, parked] = await Promise.all([askRouting('', io), askParked(io)])
  const pools = silentPools(all, parked?.messages ?? null)
  const counted = parked?.nextCursor ? 'at least ' : ''
  return { pools, text: pools.map((pool) => told(pool, counted, io)).join('\n') }
}

/** @param counted stands before the number of parked messages */
function told(
  { pool, severity, since, silent, parked, oldestAt, reasons }: SilentPool,
  counted: string,
  io: CommandIo,
): string {
  const issue = silent ? 'POOL_SILENT' : 'MESSAGES_PARKED'
  const why = Object.entries(reasons).map(([reason, who]) => `${names(who)}: ${reason}`)
  const waiting =
    parked === 0
      ? []
      : [
          `${counted}${parked} parked ${parked === 1 ? 'message waits' : 'messages wait'}, the oldest since ${oldestAt}`,
        ]
  const what = [...(silent ? ['nobody of it takes a new conversation'] : []), ...waiting].join('; ')
  return [
    `${painter(io)(colours[severity], severity)}  ${issue}  ${pool}${since ? `, since ${since}` : ''}\n`,
    `  what: ${what}\n`,
    ...(silent ? [`  why: ${why.join('; ') || 'no account is in it'}\n`] : []),
    `  do: linda routing ${pool} (who gets what, and why)\n`,
    ...(parked > 0 ? [`  do: linda messages --pool ${pool} --state parked (what waits)\n`] : []),
    `  more: docs/runbooks/${silent ? 'PoolDown' : 'OutboxParked'}.md\n`,
  ].join('')
}

/** The first accounts by name and the others as a number: an issue of a thousand accounts is one line. */
export function names(accounts: readonly string[]): string {
  const shown = accounts.slice(0, 10).join(', ')
  return accounts.length > 10 ? `${shown} and ${accounts.length - 10} more` : shown
}
