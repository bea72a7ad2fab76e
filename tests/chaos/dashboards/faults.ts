// Every kind of fault that the simulator knows, one after the other: a new kind without a line here does not compile.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Stage } from '../../demo/stage.ts'
import type { Fault, FaultKind } from '../../simulator/types.ts'

interface Breaking {
  readonly fault: Fault
  readonly forMs?: number
  /** The account is gone afterwards, and its work goes to another one. */
  readonly ends?: true
}

const EVERY_MS = 2_000

const faults: Readonly<Record<FaultKind, Breaking>> = {
  logout: { fault: { kind: 'logout' }, ends: true },
  reset: { fault: { kind: 'reset' } },
  stall: { fault: { kind: 'stall', answersClose: false }, forMs: 6_000 },
  nack: { fault: { kind: 'nack', code: 479 }, forMs: 5_000 },
  close: { fault: { kind: 'close', code: 503 } },
  garbage: { fault: { kind: 'garbage' } },
  'withhold-acks': { fault: { kind: 'withhold-acks' }, forMs: 10_000 },
  timelock: { fault: { kind: 'timelock', seconds: 60, nack: true }, forMs: 20_000 },
  failure: { fault: { kind: 'failure', reason: 503 }, forMs: 5_000 },
  'late-acks': { fault: { kind: 'late-acks', ms: 2_500 }, forMs: 5_000 },
  'half-open': { fault: { kind: 'half-open' }, forMs: 8_000 },
  'slow-handshake': { fault: { kind: 'slow-handshake', ms: 1_000 }, forMs: 5_000 },
  http: { fault: { kind: 'http', status: 503 }, forMs: 3_000 },
  refuse: { fault: { kind: 'refuse' }, forMs: 3_000 },
  deaf: { fault: { kind: 'deaf' }, forMs: 8_000 },
  'no-success': { fault: { kind: 'no-success' }, forMs: 5_000 },
  'no-offline': { fault: { kind: 'no-offline' }, forMs: 5_000 },
  'silent-iq': { fault: { kind: 'silent-iq' }, forMs: 5_000 },
  'drop-pongs': { fault: { kind: 'drop-pongs' }, forMs: 10_000 },
  passkey: { fault: { kind: 'passkey' }, forMs: 5_000 },
}

export interface BreakingThings {
  count(): number
  stop(): void
}

/** Begins at once; the last account is nobody's and the two before it may be lost for good. */
export function breakThings({ simulator, accounts }: Stage, seed: number): BreakingThings {
  let over = false
  let count = 0
  const steady = accounts.slice(0, -3)
  const lost = accounts.slice(-3, -1)
  const run = async (): Promise<void> => {
    const kinds = Object.values(faults)
    for (let n = seed; !over; n++) {
      await sleep(EVERY_MS)
      const { fault, forMs, ends } = kinds[n % kinds.length] as Breaking
      const account = (ends ? lost : steady)[n % (ends ? lost : steady).length]
      if (over || !account) return
      const time = forMs === undefined ? {} : { forMs }
      const answer = await simulator.client
        .fault({ account: account.phone, fault, ...time })
        .catch(() => null)
      if (answer) count += 1
    }
  }
  void run()
  return {
    count: () => count,
    stop: () => {
      over = true
    },
  }
}
