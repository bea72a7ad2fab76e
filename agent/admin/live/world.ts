// What the live stream shows: the fleet, in the words of the connections list.

import type { Fleet } from '../../fleet/fleet.ts'
import type { HealthMonitor } from '../../health/monitor.ts'
import { listConnections, listed } from '../connections.ts'
import type { LiveWorld } from './openings.ts'

export function liveWorld(fleet: Fleet, monitor: HealthMonitor): LiveWorld {
  return {
    subject(account) {
      const member = fleet.find(account)
      if (!member) return undefined
      const { id, pool, phone } = member.account
      return { account: id, pool, phoneNumber: phone, connection: listed(member, monitor.report(id)) }
    },
    connections: (wants) =>
      listConnections(
        fleet.members().filter(({ account: { id, pool } }) => wants(id, pool)),
        monitor,
      ),
  }
}
