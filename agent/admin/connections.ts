// What the fleet looks like: the connections list and one connection, in the shapes of the contract.

import { Hono } from 'hono'
import type { z } from 'zod'
import type { Bus } from '../events.ts'
import type { Fleet, Member } from '../fleet/fleet.ts'
import type { HealthMonitor } from '../health/monitor.ts'
import { fleetScore } from '../health/score.ts'
import type { HealthReport } from '../health/tell.ts'
import { iso } from '../iso.ts'
import type { PairingCounts } from '../pairing/counts.ts'
import type { SessionSnapshot } from '../session/snapshot.ts'
import type { SessionState } from '../words.ts'
import type { AdminEnv } from './auth.ts'
import { serving } from './contract/serve.ts'
import * as endpoints from './endpoints/connections.ts'
import { holds, type Plain } from './filter/evaluate.ts'
import { nextLink } from './list/link.ts'
import { type Looks, only, pageOf } from './list/rows.ts'
import { memberFor, membersFor } from './scope.ts'
import { healthWord, statusOf } from './wording.ts'

export { statusOf } from './wording.ts'

export function connectionRoutes(fleet: Fleet, monitor: HealthMonitor, bus: Bus): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  const serve = serving(app, bus)
  serve(endpoints.listConnections, ({ c, query, reply }) => {
    const { filter = [] } = query
    const all = membersFor(c, fleet).map((member, place) => rowOf(member, monitor, place))
    const found = all.filter((row) => holds(filter, spec.filters, (field) => looks.get(row, field)))
    const { rows, nextCursor } = pageOf(found, query, spec, looks)
    const connections = rows.map(({ shown }) => only(shown, query.fields))
    return reply(200, { connections, systemHealth: sumOf(found), nextCursor }, nextLink(c, nextCursor))
  })
  serve(endpoints.getConnection, ({ c, params, reply }) => {
    const member = memberFor(c, fleet, params.phoneNumber)
    return reply(200, detailed(member, monitor.report(member.account.id)))
  })
  return app
}

const spec = endpoints.connectionList
type Listed = z.output<typeof endpoints.connection>

interface Row {
  shown: Listed
  report: HealthReport | null
  /** In the order of the configuration, whatever the filter leaves out. */
  place: number
  openedAt: number | null
}

const looks: Looks<Row> = {
  key: ({ shown }) => shown.account,
  /** Figures of the codes can be asked for without their bracket. */
  get: ({ shown }, field): Plain => (field in shown.qrMetrics ? shown.qrMetrics : shown)[field as never],
  still({ place, openedAt }, field) {
    if (field === 'place') return place
    // Uptimes grow while somebody reads page after page; who has been up longer than whom does not change.
    if (field === 'uptime') return openedAt === null ? Number.MIN_SAFE_INTEGER : -openedAt
    return undefined
  },
}

function rowOf(member: Member, monitor: HealthMonitor, place: number): Row {
  const report = monitor.report(member.account.id)
  return { shown: listed(member, report), report, place, openedAt: member.session.snapshot.openedAt }
}

/** What these accounts come to together. */
function sumOf(rows: readonly Row[]) {
  const up = rows.filter(({ shown }) => shown.up).length
  return {
    overallScore: fleetScore(rows.flatMap(({ report }) => report ?? [])).score,
    activeAccounts: up,
    disconnectedAccounts: rows.length - up,
    pendingAlerts: rows.filter(({ shown }) => shown.nextAlert !== null).length,
  }
}

/** These accounts, and what they come to together. */
export function listConnections(members: readonly Member[], monitor: HealthMonitor) {
  const rows = members.map((member, place) => rowOf(member, monitor, place))
  return { connections: rows.map(({ shown }) => shown), systemHealth: sumOf(rows) }
}

/** What a person must do something about, per state; `waiting` and `failed` have several, and the states that are not here mend themselves. */
const alerts: Partial<Record<SessionState, string>> = {
  pairing: 'PAIRING_REQUIRED',
  'logged-out': 'LOGGED_OUT',
  restricted: 'RESTRICTED',
  replaced: 'REPLACED',
  failed: 'SESSION_FAILED',
}

/** The alert of a session's state; a demand for a passkey is not mended by showing another code. */
function alertOf({ state, lastDisconnect, askable }: SessionSnapshot): string | null {
  if (state === 'failed' && lastDisconnect?.reason === 'wrong-phone') return 'WRONG_PHONE'
  if (state !== 'waiting') return alerts[state] ?? null
  if (lastDisconnect?.reason === 'passkey-required') return 'PASSKEY_REQUIRED'
  return askable ? 'PAIRING_REQUIRED' : 'REGENERATIONS_SPENT'
}

const suggestions: Record<string, string> = {
  PAIRING_REQUIRED: 'Show the QR code to the phone of the account and scan it.',
  PASSKEY_REQUIRED:
    'WhatsApp asks for a passkey on the phone, which no program can give. Link another way or wait; then reset the QR.',
  REGENERATIONS_SPENT:
    'Codes were shown and not scanned, as often as is allowed. Make sure that a phone is at hand, then reset the QR.',
  LOGGED_OUT: 'The phone unlinked the device. Reset the QR and pair again.',
  RESTRICTED: 'WhatsApp restricts new conversations. Stop sending to new contacts until it ends.',
  REPLACED: 'Another program uses this session. Find and stop it, then reset the QR to connect again.',
  WRONG_PHONE:
    'The linked phone is not the configured one. Correct the configuration, or unlink the device on that phone, reset the QR and scan with the right one.',
  SESSION_FAILED: 'Read the last disconnect; dialling again by itself would make it worse.',
}

/** One of the list. */
export function listed({ account, session }: Member, report: HealthReport | null): Listed {
  const snapshot = session.snapshot
  const { state, up, openedAt, lastEvidenceAt } = snapshot
  const { codes, regenerations, attempts, scans } = session.pairing.counts
  return {
    phoneNumber: account.phone,
    account: account.id,
    pool: account.pool,
    status: statusOf(state),
    up,
    uptime: openedAt === null ? 0 : Date.now() - openedAt,
    healthScore: report?.score ?? null,
    qrMetrics: {
      qrsGenerated: codes,
      regenerationAttempts: regenerations,
      successRate: attempts === 0 ? null : Math.round((100 * scans) / attempts),
    },
    lastActivity: iso(lastEvidenceAt),
    nextAlert: alertOf(snapshot),
  }
}

function detailed({ account, epoch, session }: Member, report: HealthReport | null) {
  const snapshot = session.snapshot
  const alert = alertOf(snapshot)
  return {
    accountHealth: {
      phoneNumber: account.phone,
      account: account.id,
      status: statusOf(snapshot.state),
      up: snapshot.up,
      since: iso(snapshot.since),
      uptime: snapshot.openedAt === null ? 0 : Date.now() - snapshot.openedAt,
      lastActivity: iso(snapshot.lastEvidenceAt),
      lastDisconnect: lastDisconnect(snapshot),
      nextKeepalive: iso(snapshot.nextLookAt),
      nextConnect: iso(snapshot.retryAt),
      restriction: snapshot.restriction,
      epoch,
    },
    qrMetrics: qrMetrics(session.pairing.counts),
    healthScore: report?.score ?? null,
    healthStatus: healthWord(report?.status ?? 'unknown'),
    // Some findings bear the name of what a person must do.
    issues: [...new Set([...(alert ? [alert] : []), ...(report?.findings ?? []).map(({ issue }) => issue)])],
    recommendations: [
      ...(alert ? [suggestions[alert] ?? alert] : []),
      ...(report?.findings ?? []).flatMap(({ recommendations }) =>
        recommendations.map(({ action }) => action),
      ),
    ],
  }
}

function lastDisconnect({ lastDisconnect: last }: SessionSnapshot) {
  return last && { at: iso(last.at), reason: last.reason, code: last.code }
}

function qrMetrics(counts: PairingCounts) {
  return {
    qrsGenerated: counts.codes,
    regenerationAttempts: counts.regenerations,
    regenerationsFailed: counts.regenerationsFailed,
    averageTimeToConnect: counts.scanMsCount === 0 ? null : Math.round(counts.scanMsSum / counts.scanMsCount),
    lastQRTime: iso(counts.lastCodeAt),
  }
}
