// Gauges that show state are set from the fleet at every scrape: a series whose account or state has gone goes with it.

import type { Gauge } from 'prom-client'
import { type SessionState, sessionStates } from '../words.ts'
import type { MetricKey } from './catalogue.ts'
import { fillWhenRead, type Instruments } from './instruments.ts'

/** What the gauges need to know of one account; times are milliseconds since the epoch. */
export interface AccountView {
  id: string
  pool: string
  role: string
  region: string
  epoch: number
  state: SessionState
  up: boolean
  lastEvidenceAt: number | null
  restriction: { kind: string } | null
}

export interface FleetView {
  accounts(): AccountView[]
  connects(): { opening: number; waiting: number; limit: number }
}

/** Makes the state gauges follow the fleet. Each gauge is filled on its own when the registry is read. */
export function followFleet(to: Instruments, fleet: FleetView): void {
  const perAccount = (key: MetricKey, set: (gauge: Gauge, account: AccountView) => void): void =>
    fillWhenRead(to.gauge(key), (gauge) => {
      for (const account of fleet.accounts()) set(gauge, account)
    })
  perAccount('accountInfo', (gauge, { id, pool, role, region }) =>
    gauge.set({ account: id, pool, role, region }, 1),
  )
  perAccount('sessionUp', (gauge, { id, up }) => gauge.set({ account: id }, up ? 1 : 0))
  perAccount('sessionState', (gauge, { id, state }) => gauge.set({ account: id, state }, 1))
  perAccount('sessionStateCode', (gauge, { id, state }) =>
    gauge.set({ account: id }, sessionStates.indexOf(state)),
  )
  perAccount('lastEvidence', (gauge, { id, lastEvidenceAt }) => {
    if (lastEvidenceAt !== null) gauge.set({ account: id }, lastEvidenceAt / 1000)
  })
  perAccount('restricted', (gauge, { id, restriction }) =>
    gauge.set({ account: id, kind: restriction?.kind ?? 'reachout-timelock' }, restriction ? 1 : 0),
  )
  perAccount('leaseEpoch', (gauge, { id, epoch }) => gauge.set({ account: id }, epoch))
  perAccount('poolAccounts', (gauge, { pool, role, state }) => gauge.inc({ pool, role, state }))
  fillWhenRead(to.gauge('leasesHeld'), (gauge) => gauge.set(fleet.accounts().length))
  fillWhenRead(to.gauge('connectsOpening'), (gauge) => gauge.set(fleet.connects().opening))
  fillWhenRead(to.gauge('connectsWaiting'), (gauge) => gauge.set(fleet.connects().waiting))
  fillWhenRead(to.gauge('connectLimit'), (gauge) => gauge.set(fleet.connects().limit))
}
