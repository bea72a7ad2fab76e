// `linda audit` lists who changed what; `linda audit verify` proves that nobody changed the list, or names the first row where somebody did.

import { answering, askJson } from './answering.ts'
import type { CommandIo } from './io.ts'
import { listing } from './table.ts'

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

interface Listing {
  entries: Entry[]
  cursor: number | null
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
export function showAudit(options: AuditOptions, json: boolean, io: CommandIo): Promise<number> {
  return answering(io, async () => {
    const path = `/api/audit?${new URLSearchParams({ ...options })}`
    const isLinda = ({ entries }: Listing): boolean => Array.isArray(entries)
    const body = await askJson<Listing>(path, io, {}, isLinda)
    if (json) return body
    const { entries, cursor } = body
    if (cursor !== null) io.err(`there are older rows: --cursor ${cursor}\n`)
    const { limit: _, ...filters } = options
    return listing(io, head, entries.map(cells), {
      right: ['ROW'],
      yields: [{ shorten: 'AT' }, { shorten: 'DATA' }, 'OUTCOME', 'FROM', 'POOL', 'ROW'],
      none: Object.keys(filters).length > 0 ? 'no row matches' : 'no row yet',
    })
  })
}

/** How long the proof of a long trail may take, in milliseconds. */
const PROOF_WITHIN_MS = 10 * 60_000

/** Status 0 when every row is as it was written, 1 when one is not or the agent does not answer, 2 when it refuses. */
export async function verifyAudit(json: boolean, io: CommandIo): Promise<number> {
  let whole = false
  const status = await answering(io, async () => {
    const isLinda = ({ ok }: Proof): boolean => typeof ok === 'boolean'
    const proof = await askJson<Proof>('/api/audit/verify', io, { timeoutMs: PROOF_WITHIN_MS }, isLinda)
    whole = proof.ok
    if (json) return proof
    if (proof.ok) return `ok: ${proof.rows} rows, the last one has the hash ${proof.hash}\n`
    return `broken: row ${proof.broken.seq} ${words[proof.broken.what] ?? proof.broken.what}\n`
  })
  return status === 0 && !whole ? 1 : status
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
