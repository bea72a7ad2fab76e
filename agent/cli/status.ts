// `linda status`: the accounts of a running agent as a table, or as the API's own JSON.

import { AskError, askAgent } from './agent-api.ts'
import type { CommandIo } from './io.ts'
import { table } from './table.ts'

/** What is shown of an account. */
export interface Listed {
  account: string
  status: string
  up: boolean
  uptime: number
  lastActivity: string | null
  nextAlert: string | null
}

/** Finds the agent through LINDA_URL and LINDA_TOKEN_FILE. Status 1 when it does not answer, 2 when it refuses. */
export async function showStatus({ json }: { json: boolean }, io: CommandIo): Promise<number> {
  try {
    const response = await askAgent('/api/dashboard/connections', io)
    const body = (await response.json().catch(() => ({}))) as { connections?: Listed[] }
    if (!Array.isArray(body.connections))
      throw new AskError(`cannot ask ${io.env.LINDA_URL ?? 'the agent'}: what answers there is no Linda`, 1)
    io.out(json ? `${JSON.stringify(body, null, 2)}\n` : statusTable(body.connections))
    return 0
  } catch (error) {
    if (!(error instanceof AskError)) throw error
    io.err(`${error.message}\n`)
    return error.status
  }
}

export function statusTable(connections: readonly Listed[]): string {
  return table(head, connections.map(row))
}

const head = ['ACCOUNT', 'STATUS', 'EVIDENCE', 'UPTIME', 'LAST ACTIVITY', 'NEEDS']

function row(c: Listed): string[] {
  return [
    c.account,
    c.status,
    c.up ? 'yes' : 'no',
    c.uptime === 0 ? '-' : `${Math.round(c.uptime / 1000)}s`,
    c.lastActivity ?? '-',
    c.nextAlert ?? '-',
  ]
}
