// The window that hardly anybody who scans outlasts, wider where little is known, and the longest one after a cut-off.

import { fromEverybody, type Learned } from '../learned.ts'
import { clamp, type Policy, type PolicySettings } from '../policy.ts'
import { reachNeeded } from '../surprise.ts'

/**
 * Of the people whom `quantile` leaves out, the window leaves out a fifth: 1% with the default of 95%. The rest is for the
 * error of the estimate and for people who change. Measured in docs/decisions/0011-the-pairing-window.md.
 */
const leftOut = 1 / 5
/** The margin on top of that is the relative error of the p95, from this ... */
const leastMargin = 0.05
/** ... to this, which is also what is added while the confidence is below the one that is asked for. */
const mostMargin = 0.2

/**
 * - The account's own people decide once there are enough scans, else the fleet's, else `baseMs`.
 * - A quantile that nobody can say yet gives the longest window: whoever is cut off tells nothing about the time to come.
 * - The first regeneration of a row has the longest window too, so that a late scan is seen and not cut off twice. Whoever
 *   let that one pass as well gets the ordinary window again: a longer one has just been of no use.
 * - People who begin to take longer than what is known are believed at once (`reachNeeded`).
 */
export const survival: Policy = ({ account, fleet }, inARow, settings) => {
  const own = fromEverybody(account, settings.maxMs)
  const enough = ({ scans }: Learned) => scans >= settings.minimumScans
  // Asked for where it is needed only: most accounts that know their own people never look at the fleet's curve.
  const everyone = () => fromEverybody(fleet, settings.maxMs)
  const source = enough(own) ? 'account' : enough(everyone()) ? 'fleet' : 'base'
  const learned = source === 'fleet' ? everyone() : own
  const calmMs = source === 'base' ? settings.baseMs : coveringMs(learned, settings)
  const expectedMs = (of: Learned) => (enough(of) ? (of.p95Ms ?? settings.maxMs) : settings.baseMs)
  const surprisedMs =
    calmMs >= settings.maxMs
      ? 0
      : Math.max(
          reachNeeded(account, calmMs, () => expectedMs(enough(own) ? own : everyone())),
          reachNeeded(fleet, calmMs, () => expectedMs(everyone())),
        )
  const wantedMs = inARow === 1 ? settings.maxMs : Math.max(calmMs, surprisedMs)
  const { confidence, p95Ms } = learned
  return { windowMs: clamp(wantedMs, settings), source, confidence, p95Ms }
}

function coveringMs({ confidence, p95Ms, timeOf }: Learned, settings: PolicySettings): number {
  const coveredMs = timeOf(1 - (1 - settings.quantile) * leftOut)
  if (coveredMs === null || p95Ms === null) return settings.maxMs
  const margin = confidence < settings.confidence ? mostMargin : 1 - confidence
  return coveredMs * (1 + Math.min(mostMargin, Math.max(leastMargin, margin)))
}
