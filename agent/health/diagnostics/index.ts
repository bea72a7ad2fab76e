// Every diagnosis, in the order in which a person wants to hear of them.

import type { Diagnostic, Facts, Finding } from '../diagnosis.ts'
import { deafSession } from './deaf.ts'
import { sessionEnded } from './ended.ts'
import { fallingDelivery } from './falling-delivery.ts'
import { lockContention } from './lock-contention.ts'
import { networkIssues } from './network.ts'
import { passkeyRequired } from './passkey.ts'
import { reconnectLoop } from './reconnect-loop.ts'
import { frequentRegenerations } from './regenerations.ts'
import { restrictedAccount } from './restricted.ts'
import { slowScan } from './slow-scan.ts'
import { staleSession } from './stale.ts'
import { unacknowledgedMessages } from './unacknowledged.ts'
import { undecryptableMessages } from './undecryptable.ts'
import { zombieSession } from './zombie.ts'

const diagnostics: readonly Diagnostic[] = [
  sessionEnded,
  zombieSession,
  deafSession,
  lockContention,
  restrictedAccount,
  passkeyRequired,
  unacknowledgedMessages,
  fallingDelivery,
  undecryptableMessages,
  reconnectLoop,
  networkIssues,
  frequentRegenerations,
  staleSession,
  slowScan,
]

export function diagnose(facts: Facts): Finding[] {
  return diagnostics.flatMap((diagnostic) => diagnostic(facts) ?? [])
}
