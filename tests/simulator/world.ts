// Everything the protocol code works with, built once in simulator.ts and passed around as one value.
import type { Faults } from './faults/faults.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { Signal } from './people/signal.ts'
import type { Hub } from './protocol/hub.ts'
import type { PairingDesk } from './protocol/pairing.ts'
import type { Accounts } from './state/accounts.ts'
import type { Database } from './state/database.ts'
import type { People } from './state/people.ts'
import type { Queue } from './state/queue.ts'

export type World = {
  readonly seed: number
  readonly refFirstMs: number
  readonly refNextMs: number
  readonly refGraceMs: number
  readonly db: Database
  readonly ledger: Ledger
  readonly people: People
  readonly accounts: Accounts
  readonly queue: Queue
  readonly signal: Signal
  readonly faults: Faults
  readonly hub: Hub
  readonly pairing: PairingDesk
}
