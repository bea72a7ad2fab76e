// Every endpoint of the admin API, in the order of the document.

import type { Endpoint } from '../contract/endpoint.ts'
import * as analytics from './analytics.ts'
import * as audit from './audit.ts'
import * as connections from './connections.ts'
import * as diagnoses from './diagnoses.ts'
import * as events from './events.ts'
import * as failovers from './failovers.ts'
import * as health from './health.ts'
import * as linking from './linking.ts'
import * as messages from './messages.ts'
import * as meta from './meta.ts'
import * as notifications from './notifications.ts'
import * as pairing from './pairing.ts'
import * as reports from './reports.ts'
import * as routing from './routing.ts'
import * as streams from './streams.ts'
import * as webhooks from './webhooks.ts'

/** What each group is about, in the order in which it is read. */
export const tags = {
  connections: 'Sessions and how they are.',
  health: 'Scores, and checks by hand.',
  diagnoses: 'What is wrong and what to do.',
  pairing: 'Codes, links and scan times.',
  messages: 'The outbox.',
  routing: 'Who gets which part of the traffic.',
  failovers: 'Switching over between accounts.',
  events: 'What happened.',
  audit: 'Who changed what.',
  webhooks: 'What waits for receivers.',
  notifications: 'What people were told.',
  reports: 'Documents for people.',
  analytics: 'The past of the accounts.',
  live: 'The fleet as it changes.',
  store: 'The store.',
  reference: 'This document.',
} as const

/** What the streams send. */
export const frames = { LinkingFrame: linking.linkingFrame, LiveFrame: streams.liveFrame }

const rooms = [
  connections,
  health,
  diagnoses,
  pairing,
  linking,
  messages,
  routing,
  failovers,
  events,
  audit,
  webhooks,
  notifications,
  reports,
  analytics,
  streams,
  meta,
]

/** The names of a module are in one order here and in another there. */
const byPath = (a: Endpoint, b: Endpoint): number =>
  a.path === b.path ? (a.method < b.method ? -1 : 1) : a.path < b.path ? -1 : 1

export const endpoints: readonly Endpoint[] = rooms.flatMap((room) =>
  Object.values(room)
    .filter((value): value is Endpoint => isEndpoint(value))
    .sort(byPath),
)

function isEndpoint(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'method' in value && 'answers' in value
}
