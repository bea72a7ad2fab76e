// Each diagnosis is made when its numbers say so, and not one step before.

import { describe, expect, it } from 'vitest'
import { type Facts, issues, severities } from '../../../agent/health/diagnosis.ts'
import { diagnose } from '../../../agent/health/diagnostics/index.ts'
import type { Reason } from '../../../agent/words.ts'

const now = 1_700_000_000_000
const MINUTE = 60_000

const well: Facts = {
  now,
  state: 'open',
  stateSince: now - 60 * MINUTE,
  lastReason: null,
  lastReasonAt: null,
  lastEvidenceAt: now - 1_000,
  zombieSince: null,
  restriction: null,
  closes: [],
  regenerations: [],
  scans: [],
  watchedMs: null,
  windowMs: 120_000,
  fenced: [],
  undecryptable: [],
  sends: [],
  unanswered: null,
  deaf: null,
}
const ago = (minutes: number): number => now - minutes * MINUTE
const closed = (reason: Reason, wasOpen: boolean, ...minutes: number[]) =>
  minutes.map((m) => ({ at: ago(m), reason, wasOpen }))
const sends = (n: number, failures: number, minutes = 5) =>
  Array.from({ length: n }, (_, i) => ({
    at: ago(minutes),
    failure: i < failures ? ('ack-timeout' as const) : null,
  }))

it('a healthy account has none', () => {
  expect(diagnose(well)).toEqual([])
  expect(diagnose({ ...well, closes: closed('connection-closed', true, 1), sends: sends(100, 1) })).toEqual(
    [],
  )
})

describe.each<[string, Partial<Facts>, Partial<Facts>]>([
  ['SLOW_QR_SCAN', { scans: [{ at: ago(5), ms: 30_001 }] }, { scans: [{ at: ago(5), ms: 30_000 }] }],
  ['SLOW_QR_SCAN', { watchedMs: 31_000 }, { watchedMs: 29_000 }],
  [
    'FREQUENT_QR_REGENERATIONS',
    { regenerations: [50, 40, 30, 20, 10, 1].map(ago) },
    { regenerations: [61, 40, 30, 20, 10, 1].map(ago) },
  ],
  [
    'NETWORK_ISSUES',
    { closes: closed('connect-timeout', false, 3, 2, 1) },
    { closes: closed('connect-timeout', false, 11, 2, 1) },
  ],
  [
    'NETWORK_ISSUES',
    { closes: closed('refused', false, 3, 2, 1) },
    { closes: closed('codes-ended', false, 3, 2, 1) },
  ],
  ['LOCK_CONTENTION', { closes: closed('replaced', true, 59) }, { closes: closed('replaced', true, 61) }],
  ['LOCK_CONTENTION', { fenced: [ago(1)] }, { fenced: [ago(61)] }],
  ['LOCK_CONTENTION', { state: 'replaced', closes: [] }, { state: 'open' }],
  ['STALE_SESSION', { lastEvidenceAt: ago(5) - 1 }, { lastEvidenceAt: ago(5) }],
  ['STALE_SESSION', { lastEvidenceAt: ago(9) }, { lastEvidenceAt: ago(9), state: 'waiting' }],
  [
    'ZOMBIE_SESSION',
    { zombieSince: ago(0.1), state: 'connecting' },
    { zombieSince: null, state: 'connecting' },
  ],
  ['RESTRICTED_ACCOUNT', { restriction: { since: ago(9), untilMs: null } }, { restriction: null }],
  [
    'RESTRICTED_ACCOUNT',
    { state: 'connecting', lastReason: 'temporarily-banned', closes: closed('temporarily-banned', false, 2) },
    { state: 'open', lastReason: 'temporarily-banned', closes: closed('temporarily-banned', false, 2) },
  ],
  [
    'PASSKEY_REQUIRED',
    { state: 'waiting', lastReason: 'passkey-required' },
    { state: 'waiting', lastReason: 'window-expired' },
  ],
  [
    'RECONNECT_LOOP',
    { closes: closed('server-error', true, 9, 6, 3, 1) },
    { closes: closed('server-error', true, 11, 6, 3, 1) },
  ],
  [
    'RECONNECT_LOOP',
    { closes: closed('unknown', true, 9, 6, 3, 1) },
    { closes: closed('restart-required', true, 9, 6, 3, 1) },
  ],
  ['UNDECRYPTABLE_MESSAGES', { undecryptable: [9, 6, 3].map(ago) }, { undecryptable: [16, 6, 3].map(ago) }],
  [
    'UNDECRYPTABLE_MESSAGES',
    { undecryptable: [2, 1, 0.5].map(ago) },
    { undecryptable: [2, 1, 0.4].map(ago) },
  ],
  ['UNACKNOWLEDGED_MESSAGES', { unanswered: { since: ago(3), count: 3 } }, { unanswered: null }],
  ['DEAF_SESSION', { deaf: { since: ago(20), count: 2 } }, { deaf: null }],
  [
    'DEAF_SESSION',
    { deaf: { since: ago(20), count: 2 }, state: 'restricted' },
    { deaf: { since: ago(20), count: 2 }, state: 'connecting' },
  ],
  ['FALLING_DELIVERY', { sends: sends(20, 3) }, { sends: sends(20, 2) }],
  ['FALLING_DELIVERY', { sends: sends(10, 9) }, { sends: sends(9, 9) }],
  [
    'FALLING_DELIVERY',
    { sends: [...sends(50, 0, 40), ...sends(20, 3)] },
    { sends: [...sends(50, 8, 40), ...sends(20, 3)] },
  ],
  [
    'SESSION_ENDED',
    { state: 'logged-out', lastReason: 'logged-out' },
    { state: 'open', lastReason: 'logged-out' },
  ],
  ['SESSION_ENDED', { state: 'failed', lastReason: 'banned' }, { state: 'connecting', lastReason: 'banned' }],
  [
    'SESSION_ENDED',
    { state: 'failed', lastReason: 'wrong-phone' },
    { state: 'failed', lastReason: 'stalled' },
  ],
])('%s', (issue, facts, almost) => {
  it(`is made of ${JSON.stringify(facts).slice(0, 60)}`, () => {
    const found = diagnose({ ...well, ...facts }).find((finding) => finding.issue === issue)
    if (!found) throw new Error(`no ${issue}`)
    expect(severities).toContain(found.severity)
    expect(found.since).toBeLessThanOrEqual(now)
    for (const text of Object.values(found.analysis)) expect(text).toMatch(/^\S.{15,}$/)
    expect(found.recommendations.length).toBeGreaterThan(0)
    for (const { action, expectedImprovement } of found.recommendations) {
      expect(action).toMatch(/^[A-Z]+(_[A-Z]+)*$/)
      expect(expectedImprovement).toMatch(/\w/)
    }
    for (const number of Object.values(found.numbers)) expect(JSON.stringify(number)).not.toBe('null')
  })

  it(`is not made of ${JSON.stringify(almost).slice(0, 60)}`, () => {
    expect(diagnose({ ...well, ...almost }).map((finding) => finding.issue)).not.toContain(issue)
  })
})

it('every issue has a case above', () => {
  const made = new Set(issues)
  expect(made.size).toBe(14)
})
