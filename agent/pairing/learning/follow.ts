// What is learned from is what was seen: every QR attempt that somebody viewed and that was scanned or ran out, now and before this process started.

import type { Bus, EventOf } from '../../events.ts'
import { type History, HistoryError, type KeptEvent } from '../../history/port.ts'
import type { ScanTimeAnalyzer } from './analyzer.ts'
import { maxInARow, maxScanMs, type Observation } from './observation.ts'

/** Attempts that are read back at start: 500 people each for forty accounts that all pair often, and a second's work. */
const READ_BACK = 20_000

type Ended = Pick<EventOf<'pairing.ended'>, 'at' | 'method' | 'outcome' | 'inARow' | 'watchedMs'>

/**
 * Null for what says nothing about scan times: nobody looked, a code was typed, or the attempt was ended by something else than a
 * scan or its window. A clock that was set in between leaves a figure that cannot be, which is nothing either.
 */
export function observationOf({ at, method, outcome, inARow, watchedMs }: Ended): Observation | null {
  if (method !== 'qr' || !isCount(watchedMs) || watchedMs > maxScanMs) return null
  // What is kept may come from another version or another hand: it must not keep the agent from starting.
  if (!isCount(at) || !isCount(inARow) || !Number.isInteger(inARow) || inARow > maxInARow) return null
  if (outcome !== 'linked' && outcome !== 'expired') return null
  return { at, ms: watchedMs, scanned: outcome === 'linked', inARow }
}

/** Records every attempt that ends from now on; answers the function that stops it. */
export function followPairing(bus: Bus, analyzer: ScanTimeAnalyzer): () => void {
  return bus.on('pairing.ended', (event) => {
    const observation = observationOf(event)
    if (observation && event.account) analyzer.load(event.account, [observation])
  })
}

/**
 * Reads what is kept of earlier attempts, now or, where the history is away, as soon as it is back. Rejects with StoreError, as there is
 * nothing to wait for when the store fails.
 */
export async function recallOnceReadable(
  history: History,
  analyzer: ScanTimeAnalyzer,
  bus: Bus,
  // What happens from now on is followed live and must not count twice.
  until = Date.now(),
): Promise<void> {
  try {
    await recallPairing(history, analyzer, until)
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error
    const leave = bus.on('history.reachable', () => {
      leave()
      recallOnceReadable(history, analyzer, bus, until).catch(() => {})
    })
  }
}

/** Reads what is kept of attempts that ended before `until` (milliseconds since the epoch). Rejects with HistoryError or StoreError. */
export async function recallPairing(
  history: History,
  analyzer: ScanTimeAnalyzer,
  until?: number,
): Promise<void> {
  const byAccount = new Map<string, Observation[]>()
  for (const event of await history.read({ type: 'pairing.ended', until, limit: READ_BACK })) {
    const observation = observationOf(event as KeptEvent & Ended)
    if (!observation || event.account === null) continue
    const list = byAccount.get(event.account) ?? []
    if (list.length === 0) byAccount.set(event.account, list)
    list.push(observation)
  }
  for (const [account, observations] of byAccount) analyzer.load(account, observations)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
