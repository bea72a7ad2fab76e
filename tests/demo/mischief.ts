// Something breaks every few seconds, one account at a time: the same seed breaks the same things in the same order.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../simulator/types.ts'
import type { Cast } from './stage.ts'

const faults: readonly { what: string; fault: Fault; forMs?: number }[] = [
  { what: 'connection cut (RST)', fault: { kind: 'reset' } },
  { what: 'silent stall', fault: { kind: 'stall', answersClose: false }, forMs: 4_000 },
  { what: 'server says 503', fault: { kind: 'close', code: 503 } },
  { what: 'restart required (515)', fault: { kind: 'close', code: 515 } },
  { what: 'garbage frame', fault: { kind: 'garbage' } },
  { what: 'late acknowledgements', fault: { kind: 'late-acks', ms: 2_500 }, forMs: 3_000 },
  { what: 'stream end (428)', fault: { kind: 'close', code: 428 } },
  { what: 'HTTP 503 on upgrade', fault: { kind: 'http', status: 503 }, forMs: 2_000 },
]

export class Mischief {
  /** What was done so far, newest last. */
  readonly done: string[] = []
  #over = false
  #stage: Cast
  #seed: number

  constructor(stage: Cast, seed: number) {
    this.#stage = stage
    this.#seed = seed
  }

  start(): void {
    void this.#run(this.#stage, this.#seed)
  }

  stop(): void {
    this.#over = true
  }

  async #run({ simulator, accounts }: Cast, seed: number): Promise<void> {
    for (let n = seed; !this.#over; n++) {
      await sleep(2_500)
      const account = accounts[n % accounts.length]
      const mischief = faults[n % faults.length]
      if (this.#over || !account || !mischief) continue
      const { what, fault, forMs } = mischief
      const request = { account: account.phone, fault, ...(forMs === undefined ? {} : { forMs }) }
      const answer = await simulator.client.fault(request).catch(() => null)
      if (answer) this.done.push(`${account.id}: ${what}`)
    }
  }
}
