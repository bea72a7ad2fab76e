// LOCK_CONTENTION: another process or device holds the session.

import { type Diagnostic, within } from '../diagnosis.ts'

const HOUR_MS = 60 * 60_000

export const lockContention: Diagnostic = ({ now, closes, fenced, state, stateSince }) => {
  const replaced = within(closes, now, HOUR_MS).filter(({ reason }) => reason === 'replaced')
  const lost = within(fenced, now, HOUR_MS)
  const first = [...replaced.map(({ at }) => at), ...lost].sort((a, b) => a - b)[0]
  if (first === undefined && state !== 'replaced') return null
  return {
    issue: 'LOCK_CONTENTION',
    severity: state === 'replaced' ? 'CRITICAL' : 'HIGH',
    since: first ?? stateSince,
    analysis: {
      pattern: `${replaced.length} times replaced by another login (440), ${lost.length} writes refused under an old epoch, within an hour`,
      rootCause:
        lost.length > 0
          ? 'another agent has taken the account in the store'
          : 'a program outside this store logs in with the same credentials: a copied store, an old server',
      impact: 'two processes on one session throw each other out and damage its encryption state',
    },
    numbers: { replaced: replaced.length, fenced: lost.length },
    recommendations: [
      {
        action: 'STOP_THE_OTHER_PROCESS',
        value: null,
        expectedImprovement:
          'the session stays with one owner; afterwards reset the QR, which keeps the credentials',
      },
    ],
  }
}
