// Figures that were promised and that no alert compares with, so that they are drawn as limits.

/** Seconds of a failover: to see the fault, to hand over the work, and from the fault to the end. */
export const failoverSeconds = { detect: 5, transfer: 5, end: 10 } as const

/** Seconds of an answer of the admin API, at the 99th percentile. */
export const adminSeconds = 0.1

/** Bytes for each session above which somebody should look. */
export const sessionBytes = 3e6

/** Seconds from an event to the screen. */
export const liveSeconds = 1
