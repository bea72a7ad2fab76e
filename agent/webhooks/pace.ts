// A webhook that fails again and again is asked slowly, so that neither it nor the log drowns; one success and all is as before.

/** Failures in a row, over all lanes, before it is taken for down. One bad lane alone is not that: others succeed meanwhile. Many are. */
const DOWN_AFTER = 10

export interface Pace {
  /** Deliveries that may be under way at once. */
  concurrency: number
  /** Before the next one begins, in milliseconds. */
  pauseMs: number
  down: boolean
}

/** @param slowMs between two attempts at a webhook that is down */
export function paceOf(concurrency: number, failuresInARow: number, slowMs: number): Pace {
  return failuresInARow < DOWN_AFTER
    ? { concurrency, pauseMs: 0, down: false }
    : { concurrency: 1, pauseMs: slowMs, down: true }
}
