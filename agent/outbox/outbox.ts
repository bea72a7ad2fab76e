// The outbox: what was accepted reaches WhatsApp or a person knows why; it accepts, and has a pump for each account that is served.

import { setTimeout as sleep } from 'node:timers/promises'
import { mintMessageId } from '../session/message-id.ts'
import type { Author } from '../store/audit.ts'
import type { Queryable } from '../store/sql.ts'
import type { Notice } from '../webhooks/notice.ts'
import { type Accepted, type Draft, insertAll, known, type Sealed, seal } from './accept.ts'
import { Batches } from './batches.ts'
import { type Claimed, type ClaimOf, claimAll, recover } from './claim.ts'
import { decodePayload } from './content.ts'
import { cancel, find, type ListQuery, list, resend } from './inspect.ts'
import { leftNotices, noticesOf } from './notices.ts'
import { OutboxFullError, type OutboxParts } from './outbox-parts.ts'
import { Pump } from './pump.ts'
import type { MessageRow } from './row.ts'
import type { Sender } from './sender.ts'
import { type Change, endedBy } from './settle.ts'
import { Settling } from './settling.ts'
import { Size } from './size.ts'
import { Waiters } from './waiters.ts'

export { OutboxFullError, type OutboxParts, type OutboxSettings } from './outbox-parts.ts'

/** After the sessions have stopped, what is known has this long to be written, in milliseconds. */
const CLOSE_MS = 1_000

export class Outbox {
  /** Open messages in the store, as far as this process knows. */
  readonly size = new Size()
  #parts: OutboxParts
  #pumps = new Map<string, Pump>()
  #accepting: Batches<Sealed, Accepted>
  #claiming: Batches<ClaimOf, Claimed>
  #settling: Settling
  #waiters = new Waiters()
  #leave: (() => void)[] = []
  #counting: Promise<void> | null = null

  constructor(parts: OutboxParts) {
    this.#parts = parts
    const { route, bus, telling } = parts
    this.#accepting = new Batches((batch) =>
      telling.transaction(async (tx) => {
        const now = Date.now()
        const result = await insertAll(tx, batch, route, now)
        const created = result.flatMap(({ kind, row }) => (kind === 'created' ? [row] : []))
        return { result, notices: noticesOf(created, now) }
      }),
    )
    this.#claiming = new Batches(
      (batch) => claimAll(parts.sql, batch, Date.now()),
      (of) => ({ ...of, doubt: true }),
    )
    this.#settling = new Settling(telling, (row, change) => this.#settled(row, change))
    const receipt = (account = '', waId: string, state: 'acked' | 'delivered' | 'read'): void =>
      this.#settling.receipt({ account, waId, state, at: Date.now() })
    this.#leave.push(
      bus.on('message.sent', ({ account, messageId }) => this.#pumps.get(account ?? '')?.written(messageId)),
      bus.on('message.delivered', ({ account, messageId }) => receipt(account, messageId, 'delivered')),
      bus.on('message.read', ({ account, messageId }) => receipt(account, messageId, 'read')),
      bus.on('message.ack-late', ({ account, messageId }) => receipt(account, messageId, 'acked')),
      bus.on('message.refused-late', ({ account = '', messageId, code }) => {
        const { retry, graceMs } = parts.settings
        const said = { waId: messageId, account, code, random: parts.random(), at: Date.now() }
        this.#settling.late({ ...said, retry, graceMs })
      }),
      bus.on('session.opened', ({ account = '' }) => {
        this.wake(account)
        void parts.limits.seen(parts.sql, account, Date.now()).catch(() => {})
      }),
    )
  }

  /**
   * Resolves when the message is in the store: created, or the one that the same key made before. Rejects with OutboxFullError, and then
   * nothing was accepted, or with StoreError: then a store that went away may have it all the same, and the same key finds out.
   */
  async accept(draft: Draft): Promise<Accepted> {
    const { settings, cipher, sql, bus } = this.#parts
    if (!this.size.known) {
      this.#counting ??= this.#count()
      await this.#counting
    }
    const sealed = await seal(cipher, draft, mintMessageId)
    if (!this.size.hasRoom(draft.pool, settings.limit)) {
      // Repeating what was accepted takes no room.
      const earlier = await known(sql, sealed)
      if (!earlier) throw new OutboxFullError(settings.limit)
      return earlier
    }
    // Counted before it is there: a thousand that come at once must not all see room.
    this.size.coming(draft.pool)
    let created = false
    try {
      const accepted = await this.#accepting.put(sealed)
      created = accepted.kind === 'created'
      if (!created) return accepted
      const { id, wa_id: messageId, pool, state, account } = accepted.row
      bus.emit('message.accepted', { message: id, messageId, pool, state }, aboutOf(account))
      if (account !== null) this.wake(account)
      return accepted
    } finally {
      this.size.came(draft.pool, created)
    }
  }

  /** Begins to send for an account: what an earlier run left claimed is repeated first. Rejects with StoreError. */
  async serve(sender: Sender): Promise<void> {
    const { sql, cipher, settings, limits, bus, random } = this.#parts
    const { account, epoch } = sender
    const { unsure, retry, graceMs, inFlight } = settings
    this.#pumps.get(account)?.stop()
    await recover(sql, account, epoch, Date.now())
    const pump = new Pump({
      sender,
      cipher,
      retry,
      graceMs,
      inFlight,
      claim: (limit, begun, doubt) => this.#claiming.put({ account, epoch, unsure, limit, begun, doubt }),
      settle: (change) => this.#settling.put(change),
      allow: (wanted) => limits.allow(account, wanted, Date.now()),
      fenced: () => bus.emit('store.write-fenced', {}, { account, epoch }),
      random,
    })
    this.#pumps.set(account, pump)
    pump.wake()
  }

  /** There may be something to send for the account. */
  wake(account: string): void {
    this.#pumps.get(account)?.wake()
  }

  wakeAll(): void {
    for (const pump of this.#pumps.values()) pump.wake()
  }

  /** Messages of the account on their way now. */
  inFlight(account: string): number {
    return this.#pumps.get(account)?.inFlight ?? 0
  }

  /** Facts that the store has not taken yet. */
  get unwritten(): number {
    return this.#settling.waiting
  }

  /** By its id, or by the id under which WhatsApp knows it. Rejects with StoreError. */
  find(id: string): Promise<MessageRow | null> {
    return find(this.#parts.sql, id)
  }

  /** The message as soon as nothing more is to be done with it, or as it is after `ms`. Rejects with StoreError. */
  settled(id: string, ms: number): Promise<MessageRow | null> {
    return this.#waiters.wait(id, ms, () => this.find(id))
  }

  /** The text that was sent under a WhatsApp id, for a recipient who asks again; undefined when it is no longer known. */
  async textOf(waId: string): Promise<string | undefined> {
    const row = await this.find(waId)
    if (!row) return undefined
    const payload = await this.#parts.cipher.open(`pool:${row.pool}`, `message/${row.id}`, row.payload)
    return decodePayload(payload).content.text
  }

  list(query: ListQuery): Promise<MessageRow[]> {
    return list(this.#parts.sql, query)
  }

  /** By either id. Null where the message is being sent, has ended, or is unknown. Rejects with StoreError. */
  async cancel(id: string, author: Author): Promise<MessageRow | null> {
    const [row] = await this.changeBy((tx) => cancel(tx, id, author, Date.now()))
    return row ?? null
  }

  /**
   * By either id; it is sent as soon as it can be, whatever it had been scheduled for. Null where the message has not ended unsent. Rejects
   * with StoreError. @param expiresAt milliseconds since the epoch
   */
  async resend(
    id: string,
    { expiresAt, ...author }: Author & { expiresAt: number },
  ): Promise<MessageRow | null> {
    const [row] = await this.changeBy((tx) => resend(tx, id, author, expiresAt, Date.now()), leftNotices)
    if (row) this.size.opened(row.pool)
    if (row?.account) this.wake(row.account)
    return row ?? null
  }

  /**
   * Runs `work`, which changes messages without sending them, in a transaction, and tells everybody. Rejects with StoreError.
   * @param of the changed rows, what is told
   */
  async changeBy(
    work: (tx: Queryable) => Promise<MessageRow[]>,
    of: (rows: readonly MessageRow[], at: number) => Notice[] = noticesOf,
  ): Promise<MessageRow[]> {
    const rows = await this.#parts.telling.transaction(async (tx) => {
      const result = await work(tx)
      return { result, notices: of(result, Date.now()) }
    })
    for (const row of rows) if (row.open === 0) this.#ended(row)
    return rows
  }

  /** Takes no more messages from the store, and waits up to `ms` for those on their way. */
  async stop(ms: number): Promise<void> {
    for (const pump of this.#pumps.values()) pump.stop()
    const endsAt = performance.now() + ms
    const flying = (): boolean => [...this.#pumps.values()].some(({ busy }) => busy)
    while (flying() && performance.now() < endsAt) await sleep(20)
    this.#waiters.end()
  }

  /** After the sessions have stopped, and not before: what the server says meanwhile it says once. Gives up on what the store would not take. */
  async close(): Promise<void> {
    await this.#settling.stop(CLOSE_MS)
    for (const leave of this.#leave) leave()
  }

  async #count(): Promise<void> {
    try {
      const counted = this.size.counting()
      const rows = await this.#parts.sql.query<{ pool: string; n: number }>(
        'SELECT pool, count(*) AS n FROM message WHERE open = 1 GROUP BY pool',
      )
      counted(new Map(rows.map(({ pool, n }) => [pool, Number(n)])))
    } finally {
      this.#counting = null
    }
  }

  #settled(row: MessageRow, change: Change): void {
    if (row.open === 1) return
    // What was delivered or read had mostly been acknowledged before, and was counted then.
    if (endedBy(row, change)) this.#ended(row)
    else this.#waiters.tell(row)
  }

  #ended(row: MessageRow): void {
    this.size.ended(row.pool, row.ended_at ?? Date.now())
    this.#waiters.tell(row)
    const { id, wa_id: messageId, pool, account, state, code, attempts, accepted_at, ended_at } = row
    if (state !== 'failed' && state !== 'expired' && state !== 'unknown') return
    const ms = (ended_at ?? Date.now()) - accepted_at
    const data = { message: id, messageId, pool, state, code: code ?? state, attempts, ms }
    this.#parts.bus.emit('message.ended', data, aboutOf(account))
  }
}

const aboutOf = (account: string | null): { account?: string } => (account === null ? {} : { account })
