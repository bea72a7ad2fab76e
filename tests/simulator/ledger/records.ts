// Folds ledger events into one record per connection, message and inbound message; the same events always give the same records.
import type { ConnectionRecord, InboundRecord, LedgerEntry, MessageRecord } from '../types.ts'

type Of<K extends LedgerEntry['kind']> = Extract<LedgerEntry, { kind: K }>

export class Records {
  readonly connections = new Map<number, ConnectionRecord>()
  readonly messages = new Map<string, MessageRecord>()
  readonly inbound = new Map<string, InboundRecord>()
  readonly tally = {
    overlaps: 0,
    staleOverlaps: 0,
    replaced: 0,
    received: 0,
    ok: 0,
    rejected: 0,
    undecryptable: 0,
  }
  lastConnection = 0
  maxOpenPerAccount = 0
  readonly #openByAccount = new Map<string, number>()
  /** Stalled connections that a newer login has left behind: they hang on, and serve nobody. */
  readonly #ghosts = new Set<number>()

  fold(entry: LedgerEntry): void {
    if (entry.kind === 'connection') this.#opened(entry)
    else if (entry.kind === 'message') this.#message(entry)
    else if (entry.kind === 'inbound') this.#inbound(entry)
    else if ('conn' in entry && entry.conn !== null) this.#connection(entry)
    if (entry.kind === 'acked') this.#acked(entry)
    if (entry.kind === 'inbound-sent') this.#inboundSent(entry)
    if (entry.kind === 'inbound-receipt') this.#inboundReceipt(entry)
  }

  open(): ConnectionRecord[] {
    return [...this.connections.values()].filter((record) => record.closedAt === null)
  }

  #opened(entry: Of<'connection'>): void {
    this.lastConnection = Math.max(this.lastConnection, entry.conn)
    this.connections.set(entry.conn, {
      conn: entry.conn,
      account: null,
      stage: 'handshake',
      openedAt: entry.at,
      loginAt: null,
      successAt: null,
      rejected: null,
      closedAt: null,
      closedBy: null,
      why: null,
    })
  }

  #connection(entry: LedgerEntry): void {
    const record = this.connections.get((entry as { conn: number }).conn)
    if (!record) return
    if (entry.kind === 'registration') record.stage = 'pairing'
    if (entry.kind === 'login')
      Object.assign(record, { stage: 'session', account: entry.account, loginAt: entry.at })
    if (entry.kind === 'rejected') {
      Object.assign(record, { account: entry.account, rejected: entry.reason })
      this.tally.rejected++
    }
    if (entry.kind === 'success') this.#success(entry, record)
    if (entry.kind === 'closed') {
      const counted = record.successAt !== null && record.closedAt === null && !this.#ghosts.has(record.conn)
      if (counted) this.#count(record.account ?? '', -1)
      Object.assign(record, { closedAt: entry.at, closedBy: entry.by, why: entry.why })
    }
  }

  #success(entry: Of<'success'>, record: ConnectionRecord): void {
    record.successAt = entry.at
    this.tally.ok++
    if (entry.replaces !== null) {
      if (entry.stale) {
        this.tally.staleOverlaps++
        this.#ghosts.add(entry.replaces)
        this.#count(entry.account, -1)
      } else {
        this.tally.overlaps++
        this.tally.replaced++
      }
    }
    this.#count(entry.account, 1)
  }

  #count(account: string, change: number): void {
    const open = (this.#openByAccount.get(account) ?? 0) + change
    this.#openByAccount.set(account, open)
    this.maxOpenPerAccount = Math.max(this.maxOpenPerAccount, open)
  }

  #message(entry: Of<'message'>): void {
    this.tally.received++
    this.tally.undecryptable += entry.failed.length
    const key = `${entry.account} ${entry.id}`
    const known = this.messages.get(key)
    if (!known) {
      const { account, id, to, texts, failed } = entry
      const resends = entry.resend ? 1 : 0
      const record = {
        account,
        id,
        to,
        texts,
        firstAt: entry.at,
        ackedAt: null,
        error: null,
        resends,
        failed,
      }
      this.messages.set(key, { ...record, times: 1 - resends })
      return
    }
    if (entry.resend) known.resends++
    else known.times++
    known.texts = { ...known.texts, ...entry.texts }
    known.failed = [...new Set([...known.failed, ...entry.failed])].filter((phone) => !(phone in known.texts))
  }

  #acked(entry: Of<'acked'>): void {
    const record = this.messages.get(`${entry.account} ${entry.id}`)
    if (!record) return
    if (entry.error === null) record.ackedAt ??= entry.at
    record.error = entry.error
  }

  #inbound(entry: Of<'inbound'>): void {
    const { account, id, from, text } = entry
    const record = {
      account,
      id,
      from,
      text,
      sentAt: entry.at,
      deliveredAt: null,
      deliveries: 0,
      receiptedAt: null,
    }
    this.inbound.set(`${account} ${id}`, { ...record, receipts: [] })
  }

  #inboundSent(entry: Of<'inbound-sent'>): void {
    const record = this.inbound.get(`${entry.account} ${entry.id}`)
    if (!record) return
    record.deliveredAt ??= entry.at
    record.deliveries++
  }

  #inboundReceipt(entry: Of<'inbound-receipt'>): void {
    const record = this.inbound.get(`${entry.account} ${entry.id}`)
    if (!record) return
    record.receipts.push(entry.type)
    if (entry.type !== 'retry') record.receiptedAt ??= entry.at
  }
}
