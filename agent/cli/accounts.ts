// `linda accounts`: every account with its pool, role, region, state, score and mode, from the two places of the API that know them.

import { statusOf } from '../admin/wording.ts'
import { sessionStates } from '../words.ts'
import { AskError } from './agent-api.ts'
import { answering, askJson } from './answering.ts'
import { type Colour, painter } from './colour.ts'
import type { CommandIo } from './io.ts'
import { listing } from './table.ts'

/** One account, as `--json` writes it. */
export interface AccountLine {
  account: string
  pool: string
  role: string
  region: string
  status: string
  up: boolean
  healthScore: number | null
  mode: string
  modeWhy: string
}

export interface AccountsOptions {
  pool?: string | undefined
  /** A state as the API writes it, or as the metrics do: `LOGGED_OUT`, `logged-out`. */
  state?: string | undefined
  /** Only the ids, one a line. */
  ids: boolean
  json: boolean
}

type Routed = Pick<AccountLine, 'account' | 'role' | 'region' | 'mode' | 'modeWhy'>
interface Connection extends Pick<AccountLine, 'account' | 'status' | 'up' | 'healthScore'> {}

/** Status 1 when the agent does not answer, 2 when it refuses or nobody knows the pool or the state. */
export function showAccounts({ pool, state, ids, json }: AccountsOptions, io: CommandIo): Promise<number> {
  return answering(io, async () => {
    const status = state === undefined ? undefined : statusCalled(state)
    const all = await askAccounts(io, { ...(pool !== undefined && { pool }) })
    const accounts = all.filter((each) => status === undefined || each.status === status)
    if (ids) return accounts.map(({ account }) => `${account}\n`).join('')
    if (json) return { accounts }
    const paint = painter(io)
    const rows = accounts.map((each) => [
      each.account,
      each.pool,
      each.role,
      each.region,
      paint(colourOfState(each), each.status),
      paint(colourOfScore(each.healthScore), String(each.healthScore ?? '-')),
      each.mode,
    ])
    return listing(io, ['ACCOUNT', 'POOL', 'ROLE', 'REGION', 'STATE', 'SCORE', 'MODE'], rows, {
      right: ['SCORE'],
      yields: ['REGION', 'ROLE', 'POOL'],
      none: pool !== undefined || state !== undefined ? 'no account matches' : 'no account',
    })
  })
}

/** The accounts of the agent in the order of the routing. Rejects with AskError. */
export async function askAccounts(
  io: CommandIo,
  { pool, timeoutMs = 10_000 }: { pool?: string; timeoutMs?: number } = {},
): Promise<AccountLine[]> {
  const query = new URLSearchParams({ ...(pool !== undefined && { pool }) })
  const asking = { timeoutMs }
  const [{ pools }, { connections }] = await Promise.all([
    askJson<{ pools: { pool: string; accounts: Routed[] }[] }>(`/api/routing?${query}`, io, asking, (body) =>
      Array.isArray(body.pools),
    ),
    askJson<{ connections: Connection[] }>('/api/dashboard/connections', io, asking, (body) =>
      Array.isArray(body.connections),
    ),
  ])
  const seen = new Map(connections.map((each) => [each.account, each]))
  // Routing knows accounts of other nodes too; what their sessions do is not known here.
  return pools.flatMap(({ pool: id, accounts }) =>
    accounts.map(({ account, role, region, mode, modeWhy }) => {
      const { status = 'ELSEWHERE', up = false, healthScore = null } = seen.get(account) ?? {}
      return { account, pool: id, role, region, status, up, healthScore, mode, modeWhy }
    }),
  )
}

function statusCalled(name: string): string {
  const allowed = sessionStates.map(statusOf)
  const asked = name.toUpperCase().replaceAll('-', '_')
  const status = asked === 'OPEN' ? statusOf('open') : asked
  if (allowed.includes(status)) return status
  throw new AskError(`--state: found "${name}", allowed: ${allowed.join(', ')}`, 2)
}

function colourOfState({ up, status }: AccountLine): Colour | null {
  if (up) return 'green'
  return ['CONNECTING', 'PAIRING', 'STOPPED', 'ELSEWHERE'].includes(status) ? 'yellow' : 'red'
}

function colourOfScore(score: number | null): Colour | null {
  if (score === null) return null
  if (score >= 80) return 'green'
  return score >= 60 ? 'yellow' : 'red'
}
