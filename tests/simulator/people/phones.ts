// The owners of the phones: shown a code, they scan after a delay drawn for the attempt, too late, a stale one, or never.
import { lognormal } from '../random.ts'
import type { LookAnswer, ScanOutcome } from '../types.ts'
import type { Connection } from '../wire/connection.ts'
import type { World } from '../world.ts'

type Attempt = {
  number: number
  connection: Connection | null
  /** Every code shown in this attempt, oldest first. */
  shown: string[]
  scanInMs: number | null
  timer: NodeJS.Timeout | undefined
  /** The moment to scan has come, but the only code shown so far is the current one. */
  wantsStale: boolean
}

export class Phones {
  readonly #world: World
  readonly #attempts = new Map<string, Attempt>()

  constructor(world: World) {
    this.#world = world
  }

  look(phone: string, code: string): LookAnswer {
    const connection = this.#world.pairing.socketOf(code) ?? null
    let attempt = this.#attempts.get(phone)
    if (!attempt || attempt.connection !== connection) attempt = this.#begin(phone, connection)
    if (attempt.shown.at(-1) !== code) attempt.shown.push(code)
    const { number, scanInMs } = attempt
    this.#world.ledger.add({ kind: 'look', phone, conn: connection?.id ?? null, attempt: number, scanInMs })
    if (attempt.wantsStale) this.#scanShown(phone, attempt)
    return { attempt: number, scanInMs }
  }

  async scan(phone: string, code: string): Promise<ScanOutcome> {
    const connection = this.#world.pairing.socketOf(code)
    const outcome = await this.#world.pairing.scan(this.#world, phone, code)
    const attempt = this.#attempts.get(phone)?.number ?? null
    this.#world.ledger.add({ kind: 'scan', phone, conn: connection?.id ?? null, attempt, outcome })
    if (outcome === 'linked') this.#forget(phone)
    return outcome
  }

  stop(): void {
    for (const phone of [...this.#attempts.keys()]) this.#forget(phone)
  }

  /** A new socket is a new attempt: the owner starts again and what was drawn before is dropped. */
  #begin(phone: string, connection: Connection | null): Attempt {
    this.#forget(phone)
    const number = this.#world.people.nextAttempt(phone)
    const attempt: Attempt = {
      number,
      connection,
      shown: [],
      scanInMs: this.#draw(phone, number),
      timer: undefined,
      wantsStale: false,
    }
    if (attempt.scanInMs !== null) {
      attempt.timer = setTimeout(() => this.#scanShown(phone, attempt), attempt.scanInMs)
    }
    this.#attempts.set(phone, attempt)
    return attempt
  }

  #draw(phone: string, attempt: number): number | null {
    const { scan } = this.#world.people.phone(phone)
    switch (scan.kind) {
      case 'after':
        return Math.round(lognormal(this.#world.seed, ['scan', phone, attempt], scan.median_ms, scan.sigma))
      case 'fixed':
      case 'stale':
        return scan.ms
      case 'never':
        return null
    }
  }

  #scanShown(phone: string, attempt: Attempt): void {
    const stale = this.#world.people.phone(phone).scan.kind === 'stale'
    const code = attempt.shown.at(stale ? -2 : -1)
    attempt.wantsStale = stale && code === undefined
    if (code !== undefined) void this.scan(phone, code)
  }

  #forget(phone: string): void {
    clearTimeout(this.#attempts.get(phone)?.timer)
    this.#attempts.delete(phone)
  }
}
