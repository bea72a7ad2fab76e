// The account of everything that happened: each event is on disk before anybody can have noticed it.
import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import type { LedgerEntry, LedgerEvent } from '../types.ts'
import { Records } from './records.ts'

export class Ledger {
  readonly records = new Records()
  readonly #entries: LedgerEntry[] = []
  readonly #file: number

  constructor(path: string) {
    if (existsSync(path)) this.#replay(path)
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
    return entry
  }

  since(seq: number): LedgerEntry[] {
    return this.#entries.slice(Math.max(0, seq))
  }

  lastConnection(): number {
    return this.records.lastConnection
  }

  close(): void {
    closeSync(this.#file)
  }

  /** The last line may be half written if the process was killed in the middle of it: it goes, or the next would join it. */
  #replay(path: string): void {
    const bytes = readFileSync(path)
    const end = bytes.lastIndexOf('\n') + 1
    if (end < bytes.length) truncateSync(path, end)
    for (const line of bytes.subarray(0, end).toString().split('\n')) {
      if (line !== '') this.#keep(JSON.parse(line) as LedgerEntry)
    }
  }

  #keep(entry: LedgerEntry): void {
    this.#entries.push(entry)
    this.records.fold(entry)
  }
}
