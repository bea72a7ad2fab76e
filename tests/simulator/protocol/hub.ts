// Who is connected now, and the delivery of what is queued for them: in order, and once per connection.
import type { BinaryNode } from '@whiskeysockets/baileys'
import type { Ledger } from '../ledger/ledger.ts'
import type { Queue } from '../state/queue.ts'
import type { Connection } from '../wire/connection.ts'

export class Hub {
  readonly all = new Set<Connection>()
  readonly #live = new Map<string, Connection>()
  readonly #sent = new WeakMap<Connection, Set<number>>()
  readonly #flushes = new Map<string, Promise<number>>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #queue: Queue
  readonly #ledger: Ledger
  readonly #keptBack: (connection: Connection) => boolean

  /** @param keptBack whether messages for the connection wait although it is live */
  constructor(queue: Queue, ledger: Ledger, keptBack: (connection: Connection) => boolean) {
    this.#queue = queue
    this.#ledger = ledger
    this.#keptBack = keptBack
  }

  live(account: string): Connection | undefined {
    return this.#live.get(account)
  }

  online(): string[] {
    return [...this.#live.keys()].sort()
  }

  arrived(account: string, connection: Connection): void {
    connection.live = true
    this.#live.set(account, connection)
  }

  left(connection: Connection): void {
    this.all.delete(connection)
    if (connection.account !== null && this.#live.get(connection.account) === connection) {
      this.#live.delete(connection.account)
    }
  }

  async deliver(account: string, node: BinaryNode, delayMs = 0): Promise<void> {
    this.#queue.add(account, node, Date.now() + delayMs)
    await this.flush(account)
  }

  async redeliver(account: string, node: BinaryNode): Promise<void> {
    this.#queue.replace(account, node, Date.now())
    await this.flush(account)
  }

  /** Sends what is due and was not sent on this connection yet; answers how many that were. */
  flush(account: string, offline = false): Promise<number> {
    const before = this.#flushes.get(account) ?? Promise.resolve(0)
    const flush = before.catch(() => 0).then(() => this.#flush(account, offline))
    this.#flushes.set(account, flush)
    return flush
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  async #flush(account: string, offline: boolean): Promise<number> {
    const connection = this.#live.get(account)
    if (!connection || connection.closed) return 0
    const sent = this.#sent.get(connection) ?? new Set<number>()
    this.#sent.set(connection, sent)
    const now = Date.now()
    const items = (await this.#queue.due(account, now)).filter((item) => !sent.has(item.seq))
    for (const [index, item] of items.entries()) {
      if (item.class === 'message' && this.#keptBack(connection)) continue
      sent.add(item.seq)
      const attrs = offline ? { ...item.node.attrs, offline: String(index) } : item.node.attrs
      if (item.class === 'message') {
        const resend = 'count' in ((item.node.content as BinaryNode[])[0]?.attrs ?? {})
        this.#ledger.add({ kind: 'inbound-sent', conn: connection.id, account, id: item.id, offline, resend })
      }
      connection.send({ ...item.node, attrs })
    }
    this.#wake(account, now)
    return items.length
  }

  #wake(account: string, now: number): void {
    const due = this.#queue.nextDue(account, now)
    clearTimeout(this.#timers.get(account))
    if (due === undefined) return
    this.#timers.set(
      account,
      setTimeout(() => this.flush(account).catch(() => 0), Math.max(1, due - Date.now())),
    )
  }
}
