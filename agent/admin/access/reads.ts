// Reading can be worth a row of the audit trail, too: whoever takes the whole store away leaves one, or gets nothing.

import { append } from '../../store/audit.ts'
import { type Sql, StoreError } from '../../store/sql.ts'
import { Problem } from '../problem.ts'
import type { Caller } from './caller.ts'

/** By method and pattern. Changes write their row with the change; these change nothing, or nothing in the store. */
const worthARow: Readonly<Record<string, string>> = {
  'GET /api/store/backup': 'backup.taken',
  'GET /api/audit/verify': 'audit.verified',
  'POST /api/dashboard/quick-actions/:phoneNumber/link': 'link.made',
  'POST /api/dashboard/quick-actions/:phoneNumber/reset-qr': 'qr.reset',
  'POST /api/dashboard/quick-actions/:phoneNumber/pairing-code': 'pairing-code.asked',
}

/** An answer that is about to leave. */
export interface Answered {
  method: string
  /** The pattern that it matched. */
  route: string
  path: string
  status: number
}

/** An account by its id or phone. */
export type FindAccount = (key: string) => { id: string; pool: string } | undefined

export class AuditedReads {
  #sql: Sql
  #find: FindAccount

  constructor(sql: Sql, find: FindAccount) {
    this.#sql = sql
    this.#find = find
  }

  /** Called when the answer is made and before it leaves. Rejects with Problem `store-away`: then nobody gets it. */
  async written(answered: Answered, { name: who }: Caller, origin: string): Promise<void> {
    const { method, route, path, status } = answered
    const what = worthARow[`${method} ${route}`]
    if (what === undefined || status >= 400) return
    const account = this.#find(keyIn(route, path)) ?? null
    const about = { pool: account?.pool ?? null, account: account?.id ?? null }
    const entry = { who, what, ...about, origin, outcome: 'done', data: {} }
    try {
      await this.#sql.transaction((tx) => append(tx, entry, Date.now()))
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      const detail =
        method === 'GET'
          ? 'this leaves a row in the audit trail, which cannot be written now'
          : 'this was done, and its row in the audit trail could not be written: the store is away'
      throw new Problem(503, 'store-away', detail, { 'retry-after': '10' })
    }
  }
}

/** What stands in the path where the pattern has `:phoneNumber`; empty where it has none. */
function keyIn(route: string, path: string): string {
  const segment = path.split('/')[route.split('/').indexOf(':phoneNumber')] ?? ''
  try {
    return decodeURIComponent(segment)
  } catch {
    return ''
  }
}
