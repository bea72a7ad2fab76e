// Every gauge that shows state follows the part that holds it.

import type { ScanTimeAnalyzer } from '../pairing/learning/analyzer.ts'
import { followHealth } from '../telemetry/health-gauges.ts'
import { followLearning } from '../telemetry/learning-gauges.ts'
import { followOutbox } from '../telemetry/outbox-gauges.ts'
import { startAtZero } from '../telemetry/record.ts'
import { followEligible, followModes } from '../telemetry/routing-gauges.ts'
import { followFleet } from '../telemetry/state-gauges.ts'
import { followWebhooks } from '../telemetry/webhook-gauges.ts'
import type { Ground } from './ground.ts'
import type { MessageRooms } from './message-rooms.ts'
import { readVersions } from './versions.ts'
import { eligibleOf, learningView } from './views.ts'

/** Answers Linda's version. */
export function followAll(
  { config, instruments }: Ground,
  rooms: MessageRooms,
  analyzer: ScanTimeAnalyzer,
): string {
  const { fleet, monitor, messages, routing, failover, webhooks } = rooms
  followWebhooks(instruments, webhooks)
  followFleet(instruments, fleet)
  followOutbox(instruments, {
    live: () => messages.live,
    days: () => messages.days(),
    spent: () => messages.spent(),
    limit: config.outbox.limit,
    failovers: () => ({ enabled: failover.enabled, open: failover.open }),
  })
  followModes(instruments, () =>
    fleet.members().map(({ account: { id } }) => ({
      account: id,
      mode: routing.book.mode(id),
      since: routing.book.snapshot.modes.get(id)?.since ?? null,
    })),
  )
  followEligible(instruments, () => eligibleOf(fleet, routing))
  followHealth(instruments, { accounts: () => monitor.reports(), fleet: () => monitor.fleet() })
  followLearning(instruments, learningView(fleet, analyzer))
  const { labels } = readVersions()
  instruments.gauge('buildInfo').set({ ...labels }, 1)
  for (const { id } of config.accounts) startAtZero(instruments, id)
  return labels.version
}
