// Every file of rules and the groups in it.

import type { Alert, Group } from '../alert.ts'
import { accountRecords } from './account-records.ts'
import { agent } from './agent.ts'
import { failover } from './failover.ts'
import { health } from './health.ts'
import { messages } from './messages.ts'
import { meta } from './meta.ts'
import { pairing } from './pairing.ts'
import { security } from './security.ts'
import { sessions } from './sessions.ts'
import { sloAlerts } from './slo-alerts.ts'
import { sloRecords } from './slo-records.ts'
import { store } from './store.ts'

/** More often than a scrape: what is lost for ten seconds is told after ten to twenty-five. */
const quick = '5s'

/** By the name of the file under prometheus/rules/, without its ending. */
export const files: Readonly<Record<string, readonly Group[]>> = {
  accounts: [{ name: 'linda-accounts', interval: quick, records: accountRecords }],
  agent: [{ name: 'linda-agent', interval: quick, alerts: agent }],
  security: [{ name: 'linda-security', interval: quick, alerts: security }],
  sessions: [{ name: 'linda-sessions', interval: quick, alerts: sessions }],
  pairing: [{ name: 'linda-pairing', interval: quick, alerts: pairing }],
  health: [{ name: 'linda-health', alerts: health }],
  messages: [{ name: 'linda-messages', alerts: messages }],
  failover: [{ name: 'linda-failover', interval: quick, alerts: failover }],
  store: [{ name: 'linda-store', interval: quick, alerts: store }],
  slo: [...sloRecords, { name: 'linda-slo-alerts', interval: '30s', alerts: sloAlerts }],
  meta: [{ name: 'linda-meta', alerts: meta }],
}

export const alerts: readonly Alert[] = Object.values(files)
  .flat()
  .flatMap((group) => group.alerts ?? [])
