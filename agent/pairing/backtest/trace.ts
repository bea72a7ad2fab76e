// A million people in columns of numbers, handed out in the order of their time.

import type { TraceLine } from './line.ts'

export interface Person {
  account: string
  at: number
  scanMs: number | null
}

/** 20 bytes per person. */
export class Trace {
  #accounts: string[] = []
  #numbers = new Map<string, number>()
  #account = new Uint32Array(1024)
  #at = new Float64Array(1024)
  /** NaN for who never scans. */
  #scanMs = new Float64Array(1024)
  #length = 0
  #sorted = true

  get length(): number {
    return this.#length
  }

  get accounts(): readonly string[] {
    return this.#accounts
  }

  add({ account, at, scanMs }: TraceLine): void {
    const i = this.#length
    if (i === this.#at.length) this.#grow()
    let number = this.#numbers.get(account)
    if (number === undefined) {
      number = this.#accounts.push(account) - 1
      this.#numbers.set(account, number)
    }
    if (i > 0 && at < (this.#at[i - 1] as number)) this.#sorted = false
    this.#account[i] = number
    this.#at[i] = at
    this.#scanMs[i] = scanMs ?? Number.NaN
    this.#length += 1
  }

  /** In the order of `at`, those of one moment in the order of their lines. */
  *people(): Generator<Person> {
    const order = this.#sorted ? null : this.#order()
    for (let n = 0; n < this.#length; n += 1) {
      const i = order ? (order[n] as number) : n
      const scanMs = this.#scanMs[i] as number
      yield {
        account: this.#accounts[this.#account[i] as number] as string,
        at: this.#at[i] as number,
        scanMs: Number.isNaN(scanMs) ? null : scanMs,
      }
    }
  }

  #order(): Uint32Array {
    const at = this.#at
    return Uint32Array.from({ length: this.#length }, (_, i) => i).sort(
      (a, b) => (at[a] as number) - (at[b] as number) || a - b,
    )
  }

  #grow(): void {
    const length = this.#length * 2
    const [account, at, scanMs] = [
      new Uint32Array(length),
      new Float64Array(length),
      new Float64Array(length),
    ]
    account.set(this.#account)
    at.set(this.#at)
    scanMs.set(this.#scanMs)
    this.#account = account
    this.#at = at
    this.#scanMs = scanMs
  }
}
