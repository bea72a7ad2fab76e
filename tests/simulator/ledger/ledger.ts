// The account of everything that happened: each event is on disk before anybody can have noticed it.
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { LedgerEntry, LedgerEvent } from '../types.ts'
import { Records } from './records.ts'

export class Ledger {
  readonly records = new Records()
  readonly #entries: LedgerEntry[] = []
  readonly #file: number
  readonly #listeners = new Set<(entry: LedgerEntry) => void>()

  constructor(path: string) {
    if (existsSync(path)) for (const line of readFileSync(path, 'utf8').split('\n')) this.#replay(line)
    this.#file = openSync(path, 'a')
    for (const open of this.records.open()) {
      this.add({
        kind: 'closed',
        conn: open.conn,
        account: open.account,
        by: 'crash',
        why: 'the simulator died',
      })
    }
  }

  add(event: LedgerEvent): LedgerEntry {
    const entry = { seq: (this.#entries.at(-1)?.seq ?? 0) + 1, at: Date.now(), ...event } as LedgerEntry
    writeSync(this.#file, `${JSON.stringify(entry)}\n`)
    this.#keep(entry)
    for (const listener of this.#listeners) listener(entry)
    return entry
  }

  since(seq: number): LedgerEntry[] {
    const first = this.#entries[0]?.seq ?? 1
    return this.#entries.slice(Math.max(0, seq - first + 1))
  }

  onEntry(listener: (entry: LedgerEntry) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  lastConnection(): number {
    return this.records.lastConnection
  }

  close(): void {
    closeSync(this.#file)
  }

  /** The last line may be half written if the process was killed in the middle of it. */
  #replay(line: string): void {
    if (line === '') return
    try {
      this.#keep(JSON.parse(line) as LedgerEntry)
    } catch {}
  }

  #keep(entry: LedgerEntry): void {
    this.#entries.push(entry)
    this.records.fold(entry)
  }
}
