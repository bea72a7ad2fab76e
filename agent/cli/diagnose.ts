// `linda diagnose`: what is wrong, the gravest first, what to do about it, and which runbook says more.

import type { Issue, Severity } from '../health/diagnosis.ts'
import { answering, askJson } from './answering.ts'
import { painter } from './colour.ts'
import { askRouting, askSilent, colours, names } from './diagnose-pools.ts'
import type { CommandIo } from './io.ts'

interface Found {
  issue: Issue
  severity: Severity
  analysis: { pattern: string; rootCause: string; impact: string }
  recommendations: { action: string; expectedImprovement: string }[]
}

interface OfAccount {
  accountStatus: { account: string; issues: (Found & { since: string })[] }
}

interface OfFleet {
  diagnoses: (Found & { affectedAccounts: string[]; detectedAt: string })[]
}

/** Which page of docs/runbooks speaks of an issue: that of the alert which the issue ends in. */
export const runbooks: Readonly<Record<Issue, string>> = {
  SLOW_QR_SCAN: 'PairingRequired',
  FREQUENT_QR_REGENERATIONS: 'EndlessQr',
  NETWORK_ISSUES: 'SessionFlapping',
  LOCK_CONTENTION: 'OwnershipConflict',
  STALE_SESSION: 'ConnectionLost',
  ZOMBIE_SESSION: 'SessionZombie',
  DEAF_SESSION: 'DeafSession',
  RESTRICTED_ACCOUNT: 'AccountRestricted',
  PASSKEY_REQUIRED: 'PasskeyRequired',
  RECONNECT_LOOP: 'SessionFlapping',
  UNDECRYPTABLE_MESSAGES: 'MessagesUndecryptable',
  UNACKNOWLEDGED_MESSAGES: 'MessagesUnacknowledged',
  FALLING_DELIVERY: 'DeliveryFalling',
  SESSION_ENDED: 'SessionLoggedOut',
}

/** Status 0 with findings or without, 1 when the agent does not answer, 2 when it refuses. */
export function diagnose(
  account: string | undefined,
  { json }: { json: boolean },
  io: CommandIo,
): Promise<number> {
  return answering(io, async () => {
    if (account !== undefined) {
      const path = `/api/diagnoses/${encodeURIComponent(account)}`
      const answer = await askJson<OfAccount>(path, io, {}, (body) => 'accountStatus' in body)
      const { account: id, issues } = answer.accountStatus
      if (json) return answer
      const { pools } = await askRouting(`filter=${encodeURIComponent(`account:"${id}"`)}`, io)
      const own = pools.flatMap(({ accounts }) => accounts).find((each) => each.account === id)
      const mode = own && own.mode !== 'up' ? `${id} takes no new conversation: ${own.why}\n` : ''
      if (mode !== '' && issues.length === 0) return `${mode}its session is not ill\n`
      return mode + told(issues, (found) => `${id}, since ${found.since}`, io)
    }
    const answer = await askJson<OfFleet>('/api/diagnoses', io, {}, (body) => 'diagnoses' in body)
    const { pools, text } = await askSilent(io)
    if (json) return { ...answer, pools }
    const ill = told(
      answer.diagnoses,
      (found) => `${names(found.affectedAccounts)}, since ${found.detectedAt}`,
      io,
    )
    if (text === '') return ill
    const sessions = answer.diagnoses.length === 0 ? 'no session is ill\n' : ill
    return `${text}\n${sessions}`
  })
}

function told<F extends Found>(all: readonly F[], who: (found: F) => string, io: CommandIo): string {
  if (all.length === 0) return 'nothing is wrong\n'
  const paint = painter(io)
  return all
    .map((found) => {
      const { issue, severity, analysis, recommendations } = found
      // A newer agent may know an issue that this command does not.
      const runbook = runbooks[issue] ?? 'README'
      const steps = recommendations.map(
        ({ action, expectedImprovement }) => `  do: ${action} (${expectedImprovement})\n`,
      )
      return [
        `${paint(colours[severity] ?? null, severity)}  ${issue}  ${who(found)}\n`,
        `  what: ${analysis.pattern}\n  why: ${analysis.rootCause}\n  cost: ${analysis.impact}\n`,
        ...steps,
        `  more: docs/runbooks/${runbook}.md\n`,
      ].join('')
    })
    .join('\n')
}
