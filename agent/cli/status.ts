// `linda status`: the accounts of a running agent as a table, or as the API's own JSON.

import { readFileSync } from 'node:fs'
import type { CheckConfigIo } from './check-config.ts'

interface Listed {
  account: string
  status: string
  up: boolean
  uptime: number
  lastActivity: string | null
  nextAlert: string | null
}

/** Finds the agent through LINDA_URL and LINDA_TOKEN_FILE. Status 1 when it does not answer, 2 when it refuses. */
export async function showStatus({ json }: { json: boolean }, io: CheckConfigIo): Promise<number> {
  const url = io.env.LINDA_URL ?? 'http://127.0.0.1:8420'
  const file = io.env.LINDA_TOKEN_FILE
  if (!file) {
    io.err('LINDA_TOKEN_FILE: found nothing, allowed: the path of a file that holds an admin token\n')
    return 2
  }
  let token: string
  try {
    token = readFileSync(file, 'utf8').trim()
  } catch (error) {
    io.err(`LINDA_TOKEN_FILE: cannot read ${file}: ${(error as Error).message}\n`)
    return 2
  }
  try {
    const response = await fetch(new URL('/api/dashboard/connections', url), {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(10_000),
    })
    const body = (await response.json()) as { connections: Listed[]; detail?: string }
    if (!response.ok) {
      io.err(`${url} answered ${response.status}: ${body.detail ?? ''}\n`)
      return 2
    }
    io.out(json ? `${JSON.stringify(body, null, 2)}\n` : table(body.connections))
    return 0
  } catch (error) {
    const cause = (error as Error).cause as Error | undefined
    io.err(`cannot ask ${url}: ${cause?.message || (error as Error).message}\n`)
    return 1
  }
}

function table(connections: Listed[]): string {
  const rows = connections.map((c) => [
    c.account,
    c.status,
    c.up ? 'yes' : 'no',
    c.uptime === 0 ? '-' : `${Math.round(c.uptime / 1000)}s`,
    c.lastActivity ?? '-',
    c.nextAlert ?? '-',
  ])
  const all = [['ACCOUNT', 'STATUS', 'EVIDENCE', 'UPTIME', 'LAST ACTIVITY', 'NEEDS'], ...rows]
  const widths = all[0]?.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0))) ?? []
  return all
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
