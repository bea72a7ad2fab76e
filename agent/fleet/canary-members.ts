// The fleet as test messages see it: what they need of each account, read when they need it.

import type { CanaryMember } from '../health/canary/canary.ts'
import type { Fleet } from './fleet.ts'

export function* canaryMembers(fleet: Fleet): Iterable<CanaryMember> {
  for (const { account, session } of fleet.members())
    yield {
      account: account.id,
      phone: account.phone,
      pool: account.pool,
      get state() {
        return session.state
      },
      get openedAt() {
        return session.snapshot.openedAt
      },
      send: (message) => session.send(message),
      probe: () => session.probe(),
    }
}
