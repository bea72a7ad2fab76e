// A check by hand: sessions are asked for a sign of life now, many at a time, and nobody waits longer than the deadline.

import PQueue from 'p-queue'
import type { Bus } from '../events.ts'
import { within } from '../store/deadline.ts'
import type { SessionState } from '../words.ts'

/** Probes on their way at a time: a fleet that is asked all at once asks WhatsApp all at once. */
const ABREAST = 100

export interface Checked {
  account: string
  state: SessionState
  /** The server answered. */
  alive: boolean
  ms: number
}

export interface Checkable {
  account: string
  readonly state: SessionState
  /** False where there is no sign of life, or no open connection. */
  probe(): Promise<boolean>
}

/**
 * @param deadlineMs for each of them; a probe that is not back by then counts as not alive
 * @returns in the order of `sessions`
 */
export async function checkAll(
  sessions: readonly Checkable[],
  deadlineMs: number,
  bus: Bus,
): Promise<Checked[]> {
  const startedAt = performance.now()
  const queue = new PQueue({ concurrency: ABREAST })
  const checked = await Promise.all(sessions.map((session) => queue.add(() => check(session, deadlineMs))))
  const alive = checked.filter((each) => each.alive).length
  bus.emit('health.checked', {
    accounts: sessions.length,
    alive,
    ms: Math.round(performance.now() - startedAt),
  })
  return checked
}

async function check(session: Checkable, deadlineMs: number): Promise<Checked> {
  const startedAt = performance.now()
  const late = (): Error => new Error(`nothing within ${deadlineMs} ms`)
  const alive = await within(deadlineMs, session.probe(), late).catch(() => false)
  return {
    account: session.account,
    state: session.state,
    alive,
    ms: Math.round(performance.now() - startedAt),
  }
}
