// Every shape that crosses the control API, so that client, server and tests cannot disagree about one.

/** How long the owner of a phone takes to scan a code, if they ever do. */
export type ScanBehaviour =
  | { kind: 'after'; median_ms: number; sigma: number }
  | { kind: 'fixed'; ms: number }
  | { kind: 'never' }
  | { kind: 'stale'; ms: number }

export type PhoneSettings = { scan: ScanBehaviour; passkey: boolean }

export type ContactSettings = {
  exists: boolean
  receipts: 'none' | 'delivered' | 'read'
  receiptDelayMs: number
  /** `corrupt`: the bundle handed out cannot be decrypted with until the contact has asked for a resend. `none`: no bundle. */
  deviceKeys: 'good' | 'corrupt' | 'none'
}

export type ScanOutcome = 'linked' | 'expired' | 'unknown' | 'passkey' | 'refused'
export type EnterOutcome = 'linked' | 'wrong-code' | 'no-request' | 'passkey' | 'refused'
export type LookAnswer = { attempt: number; scanInMs: number | null }

export type NewAccount = {
  phone: string
  jid: string
  lid: string
  /** Baileys' AuthenticationCreds as BufferJSON.replacer writes them: parse with BufferJSON.reviver. */
  creds: unknown
  /** Signal key data by type and id, in the same notation: `{ 'pre-key': { '1': ... } }`. */
  keys: Record<string, Record<string, unknown>>
}

export type AccountView = {
  phone: string
  jid: string
  lid: string
  linked: boolean
  online: boolean
  preKeys: number
  pending: number
}

export type CloseCode = 401 | 403 | 408 | 428 | 440 | 500 | 503 | 515
export const closeCodes = [401, 403, 408, 428, 440, 500, 503, 515] as const

export type Fault =
  | { kind: 'close'; code: CloseCode; how?: 'xmlstreamend' | 'ws' | 'fin' }
  | { kind: 'failure'; reason: number }
  | { kind: 'reset' }
  | { kind: 'logout' }
  | { kind: 'garbage'; desync?: boolean }
  | { kind: 'stall'; answersClose?: boolean }
  | { kind: 'half-open' }
  | { kind: 'slow-handshake'; ms: number }
  | { kind: 'http'; status: number }
  | { kind: 'refuse' }
  | { kind: 'withhold-acks' }
  | { kind: 'late-acks'; ms: number }
  | { kind: 'deaf' }
  | { kind: 'nack'; code: number }
  | { kind: 'no-success'; answersPings?: boolean }
  | { kind: 'no-offline' }
  | { kind: 'silent-iq'; xmlns?: string }
  | { kind: 'drop-pongs' }
  | { kind: 'passkey' }
  | { kind: 'timelock'; seconds?: number; enforcement?: string; nack?: boolean }

export type FaultKind = Fault['kind']
export type Stage = 'any' | 'pairing' | 'session'

export type FaultRequest = {
  /** Omitted: all accounts, and the connections that have no account yet. */
  account?: string
  /** `pairing`: only sockets that are being linked. `session`: only sockets that log in. */
  stage?: Stage
  fault: Fault
  forMs?: number
  /** How many times it may be applied before it is spent. */
  count?: number
}

export type ActiveFault = {
  id: string
  account: string | null
  stage: Stage
  fault: Fault
  since: number
  until: number | null
  remaining: number | null
  applied: number
  name: string | null
}

/** `active` is false when the fault did its work at once (or found nobody to do it to) and is gone. */
export type FaultAnswer = { id: string; applied: number; active: boolean }

export type ScheduleEntry = {
  name?: string
  fault: Fault
  /** A phone, or `random`: one of the linked accounts, drawn by (seed, name, occurrence). Omitted: all. */
  account?: string
  stage?: Stage
  forMs?: number
  count?: number
} & ({ atMs: number } | { everyMs: number; jitterMs?: number })

export type ClosedBy = 'client' | 'server' | 'fault' | 'shutdown' | 'crash'

/** What is appended to ledger.jsonl, one line each. */
export type LedgerEvent =
  | { kind: 'started'; pid: number; seed: number }
  | { kind: 'stopped' }
  | { kind: 'connection'; conn: number }
  | { kind: 'login'; conn: number; account: string }
  | { kind: 'registration'; conn: number }
  | { kind: 'success'; conn: number; account: string; replaces: number | null; stale: boolean }
  | { kind: 'rejected'; conn: number; account: string; reason: number }
  | { kind: 'closed'; conn: number; account: string | null; by: ClosedBy; why: string }
  | {
      kind: 'message'
      conn: number
      account: string
      id: string
      to: string
      texts: Record<string, string>
      resend: boolean
      failed: string[]
    }
  | { kind: 'acked'; account: string; id: string; error: number | null }
  | { kind: 'receipt-sent'; account: string; id: string; status: 'delivered' | 'read' | 'retry' }
  | { kind: 'inbound'; account: string; id: string; from: string; text: string }
  | { kind: 'inbound-sent'; conn: number; account: string; id: string; offline: boolean; resend: boolean }
  | { kind: 'inbound-receipt'; account: string; id: string; type: string }
  | { kind: 'refs'; conn: number; refs: number }
  | { kind: 'look'; phone: string; conn: number | null; attempt: number; scanInMs: number | null }
  | { kind: 'scan'; phone: string; conn: number | null; attempt: number | null; outcome: ScanOutcome }
  | { kind: 'code-entered'; phone: string; conn: number | null; outcome: EnterOutcome }
  | { kind: 'linked'; account: string; conn: number | null; method: 'qr' | 'code' | 'created' }
  | { kind: 'unlinked'; account: string; by: 'phone' | 'client' | 'relink' }
  | { kind: 'pre-keys'; account: string; count: number; total: number }
  | { kind: 'fault'; id: string; fault: Fault; account: string | null; name: string | null }
  | { kind: 'fault-applied'; id: string; fault: FaultKind; conn: number | null; account: string | null }
  | { kind: 'fault-ended'; id: string; fault: FaultKind }

export type LedgerEntry = { seq: number; at: number } & LedgerEvent

export type ConnectionRecord = {
  conn: number
  account: string | null
  stage: 'handshake' | 'pairing' | 'session'
  openedAt: number
  loginAt: number | null
  successAt: number | null
  rejected: number | null
  closedAt: number | null
  closedBy: ClosedBy | null
  why: string | null
}

export type MessageRecord = {
  account: string
  id: string
  to: string
  /** By the phone number of the device's owner; the sender's own phone gets its copy too. */
  texts: Record<string, string>
  firstAt: number
  ackedAt: number | null
  error: number | null
  /** How many times this id came from this account; resends that a retry receipt asked for are not in `times`. */
  times: number
  resends: number
  failed: string[]
}

export type InboundRecord = {
  account: string
  id: string
  from: string
  text: string
  sentAt: number
  deliveredAt: number | null
  deliveries: number
  /** Types of the receipts that came back; the empty string is a plain delivery receipt. */
  receipts: string[]
  receiptedAt: number | null
}

export type LedgerSummary = {
  connections: number
  openNow: number
  maxOpenPerAccount: number
  /** Times an account logged in while an older connection of it was being served: must be 0 in a healthy fleet. */
  overlaps: number
  /** The same, but the older one was stalled, half-open or already closing. */
  staleOverlaps: number
  /** Connections that were closed with 440 because of a newer login. */
  replaced: number
  messages: {
    received: number
    distinctIds: number
    distinctTexts: number
    acked: number
    nacked: number
    duplicatesById: number
    sameTextTwoIds: number
  }
  inbound: { sent: number; delivered: number; receipted: number; pending: number }
  undecryptable: number
  connectsPerSecond: { max: number; mean: number }
  logins: { ok: number; rejected: number }
}

export type SimulatorState = {
  seed: number
  url: string
  rootKey: string
  uptimeMs: number
  accounts: number
  linked: number
  online: string[]
  pairingSockets: number
  connections: number
  contacts: number
  faults: number
}

export type SimulatorOptions = {
  port?: number
  controlPort?: number
  /** Directory for simulator.db and ledger.jsonl; omitted: a temporary one, removed on close. */
  state?: string
  seed?: number
  schedule?: ScheduleEntry[]
  refFirstMs?: number
  refNextMs?: number
  /** How long a code still works after its time. */
  refGraceMs?: number
}

export type Ready = { url: string; rootKey: string; controlUrl: string }
