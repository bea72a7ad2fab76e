// Words and colours for the values of states, severities, modes and outcomes, from the agent's own lists: a new word without a colour does not compile.

import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard'
import { type Issue, type Severity, severities } from '../../../agent/health/diagnosis.ts'
import { type AccountMode, type SessionState, sessionStates } from '../../../agent/words.ts'
import { colours, type Meaning } from './colours.ts'

const byState: Record<SessionState, Meaning> = {
  stopped: 'off',
  connecting: 'attention',
  pairing: 'person',
  open: 'good',
  waiting: 'person',
  'logged-out': 'ended',
  restricted: 'warning',
  replaced: 'bad',
  failed: 'ended',
}

const byMode: Record<AccountMode, Meaning> = {
  up: 'good',
  draining: 'attention',
  maintenance: 'person',
  out: 'bad',
}

const bySeverity: Record<Severity, Meaning> = {
  LOW: 'plain',
  MEDIUM: 'attention',
  HIGH: 'warning',
  CRITICAL: 'bad',
}

/** What a person does about each diagnosis, in one line; the agent's API says more of the case at hand. */
const byIssue: Record<Issue, string> = {
  SESSION_ENDED: 'Open the account: pair it again, or give its work away',
  ZOMBIE_SESSION: 'Wait for the redial; if it goes on, fail over',
  DEAF_SESSION: 'Drain it and compare with the chats on the phone',
  LOCK_CONTENTION: 'Stop the other process',
  RESTRICTED_ACCOUNT: 'Begin no new conversations; drain it',
  PASSKEY_REQUIRED: 'Link later or use another account; do not loop',
  UNACKNOWLEDGED_MESSAGES: 'Fail over, then restart the agent',
  FALLING_DELIVERY: 'Move its traffic before it is blocked',
  UNDECRYPTABLE_MESSAGES: 'Look for a second process; then reset the QR',
  RECONNECT_LOOP: 'Read the reason of its disconnects',
  NETWORK_ISSUES: 'Check the path from the agent to WhatsApp',
  FREQUENT_QR_REGENERATIONS: 'Close unattended linking pages',
  STALE_SESSION: 'Check now',
  SLOW_QR_SCAN: 'Show the code when the phone is at hand',
}

export const states: readonly ValueMapping[] = [
  values([
    // What the queries say of an account whose agent does not answer.
    ['-1', 'agent down', 'bad'],
    ...sessionStates.map((state, code): [string, string, Meaning] => [String(code), state, byState[state]]),
  ]),
]
export const upDown: readonly ValueMapping[] = [
  values([
    ['0', 'down', 'bad'],
    ['1', 'up', 'good'],
  ]),
]
export const onOff: readonly ValueMapping[] = [
  values([
    ['0', 'off', 'warning'],
    ['1', 'on', 'good'],
  ]),
]
export const yesNo: readonly ValueMapping[] = [
  values([
    ['0', 'no', 'good'],
    ['1', 'yes', 'bad'],
  ]),
]
export const modes: readonly ValueMapping[] = [
  values(Object.entries(byMode).map(([mode, meaning]) => [mode, mode, meaning])),
]
export const issueSeverities: readonly ValueMapping[] = [
  values(Object.entries(bySeverity).map(([severity, meaning]) => [severity, severity, meaning])),
]
/** The same for `gravity`, where the severity is a value. */
export const gravities: readonly ValueMapping[] = [
  values(severities.map((severity, index) => [String(index + 1), severity, bySeverity[severity]])),
]
export const alertSeverities: readonly ValueMapping[] = [
  values([
    ['critical', 'critical', 'bad'],
    ['warning', 'warning', 'warning'],
    ['info', 'info', 'plain'],
  ]),
]
/** A firing alert is 1 in a timeline. */
export const firing: readonly ValueMapping[] = [values([['1', 'firing', 'bad']])]
export const recommendations: readonly ValueMapping[] = [
  values(Object.entries(byIssue).map(([issue, action]) => [issue, action, null])),
]

/** Of a diagnosis: LOW is 1, CRITICAL is 4. */
export const gravity: Readonly<Record<Severity, number>> = Object.fromEntries(
  severities.map((severity, index) => [severity, index + 1]),
) as Record<Severity, number>

function values(
  rows: readonly (readonly [value: string, text: string, meaning: Meaning | null])[],
): ValueMapping {
  const options = rows.map(([value, text, meaning], index) => [
    value,
    { text, index, ...(meaning === null ? {} : { color: colours[meaning] }) },
  ])
  return { type: MappingType.ValueToText, options: Object.fromEntries(options) }
}
