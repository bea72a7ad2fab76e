// `linda audit` lists who changed what; `linda audit verify` proves that nobody changed the list, or names the first row where somebody did.

import { AskError, askAgent } from './agent-api.ts'
import type { CommandIo } from './io.ts'
import { table } from './table.ts'

interface Entry {
  seq: number
  at: string
  who: string
  what: string
  pool: string | null
  account: string | null
  origin: string
  outcome: string
  data: unknown
}

type Proof =
  | { ok: true; rows: number; hash: string }
  | { ok: false; rows: number; broken: { seq: number; what: string } }

/** What the API takes, as it takes it. */
export interface AuditOptions {
  account?: string
  pool?: string
  what?: string
  since?: string
  until?: string
  limit?: string
  cursor?: string
}

/** Status 1 when the agent does not answer, 2 when it refuses. */
export async function showAudit(options: AuditOptions, json: boolean, io: CommandIo): Promise<number> {
  try {
    const answer = await askAgent(`/api/audit?${new URLSearchParams({ ...options })}`, io)
    const body = (await answer.json().catch(() => null)) as { entries: Entry[]; cursor: number | null } | null
    if (!Array.isArray(body?.entries)) throw noLinda(io)
    if (json) io.out(`${JSON.stringify(body, null, 2)}\n`)
    else {
      io.out(table(head, body.entries.map(cells), { right: ['ROW'] }))
      if (body.cursor !== null) io.err(`there are older rows: --cursor ${body.cursor}\n`)
    }
    return 0
  } catch (error) {
    return said(error, io)
  }
}

/** How long the proof of a long trail may take, in milliseconds. */
const PROOF_WITHIN_MS = 10 * 60_000

/** Status 0 when every row is as it was written, 1 when one is not or the agent does not answer, 2 when it refuses. */
export async function verifyAudit(json: boolean, io: CommandIo): Promise<number> {
  try {
    const answer = await askAgent('/api/audit/verify', io, { timeoutMs: PROOF_WITHIN_MS })
    const proof = (await answer.json().catch(() => null)) as Proof | null
    if (typeof proof?.ok !== 'boolean') throw noLinda(io)
    if (json) io.out(`${JSON.stringify(proof, null, 2)}\n`)
    else if (proof.ok) io.out(`ok: ${proof.rows} rows, the last one has the hash ${proof.hash}\n`)
    else io.out(`broken: row ${proof.broken.seq} ${words[proof.broken.what] ?? proof.broken.what}\n`)
    return proof.ok ? 0 : 1
  } catch (error) {
    return said(error, io)
  }
}

const words: Readonly<Record<string, string>> = {
  changed: 'is not as it was written',
  missing: 'is missing',
  inserted: 'does not belong there',
  'cut-off': 'is missing, and so is everything after it',
}

const head = ['ROW', 'AT', 'WHO', 'WHAT', 'POOL', 'ACCOUNT', 'FROM', 'OUTCOME', 'DATA']

function cells(entry: Entry): string[] {
  const { seq, at, who, what, pool, account, origin, outcome, data } = entry
  return [String(seq), at, who, what, pool ?? '-', account ?? '-', origin, outcome, JSON.stringify(data)]
}

function said(error: unknown, io: CommandIo): number {
  if (!(error instanceof AskError)) throw error
  io.err(`${error.message}\n`)
  return error.status
}

function noLinda(io: CommandIo): AskError {
  return new AskError(`cannot ask ${io.env.LINDA_URL ?? 'the agent'}: what answers there is no Linda`, 1)
}
