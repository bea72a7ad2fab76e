// `linda status`: the accounts of a running agent as a table, or as the API's own JSON.

import { answering, askJson } from './answering.ts'
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
export function showStatus({ json }: { json: boolean }, io: CommandIo): Promise<number> {
  return answering(io, async () => {
    const isLinda = ({ connections }: Answer): boolean => Array.isArray(connections)
    const body = await askJson<Answer>('/api/dashboard/connections', io, {}, isLinda)
    return json ? body : statusTable(body.connections)
  })
}

interface Answer {
  connections: Listed[]
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
