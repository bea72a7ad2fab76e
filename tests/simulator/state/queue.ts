// Stanzas on their way to an account: kept until the account has acknowledged them, whatever happens in between.
import { type BinaryNode, decodeBinaryNode, encodeBinaryNode } from '@whiskeysockets/baileys'
import type { Database } from './database.ts'

export type Queued = {
  seq: number
  class: 'message' | 'receipt' | 'notification'
  id: string
  node: BinaryNode
}
type Row = { seq: number; class: Queued['class']; id: string; node: Uint8Array }

/** A message has several receipts (delivered, read), which are acknowledged one by one. */
export const receiptKey = (attrs: Record<string, string>): string => `${attrs.id} ${attrs.type ?? ''}`

export class Queue {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  add(account: string, node: BinaryNode, due: number): void {
    this.#db.run(
      'INSERT INTO queue (account, class, id, due, node) VALUES (?, ?, ?, ?, ?)',
      account,
      node.tag,
      node.tag === 'receipt' ? receiptKey(node.attrs) : (node.attrs.id ?? ''),
      due,
      encodeBinaryNode(node),
    )
  }

  /** A message that is encrypted again takes the place of its older self. */
  replace(account: string, node: BinaryNode, due: number): void {
    this.#db.transaction(() => {
      this.done(account, 'message', node.attrs.id ?? '')
      this.add(account, node, due)
    })
  }

  async due(account: string, now: number): Promise<Queued[]> {
    const rows = this.#db.all<Row>(
      'SELECT seq, class, id, node FROM queue WHERE account = ? AND due <= ? ORDER BY seq',
      account,
      now,
    )
    return Promise.all(
      rows.map(async (row) => ({ ...row, node: await decodeBinaryNode(Buffer.from(row.node)) })),
    )
  }

  done(account: string, kind: string, id: string): void {
    this.#db.run('DELETE FROM queue WHERE account = ? AND class = ? AND id = ?', account, kind, id)
  }

  pending(account: string): number {
    return this.#db.get<{ n: number }>('SELECT count(*) AS n FROM queue WHERE account = ?', account)?.n ?? 0
  }

  nextDue(account: string, now: number): number | undefined {
    const row = this.#db.get<{ due: number | null }>(
      'SELECT min(due) AS due FROM queue WHERE account = ? AND due > ?',
      account,
      now,
    )
    return row?.due ?? undefined
  }
}
