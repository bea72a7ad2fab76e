// The times of the deliverer, in milliseconds, each with its reason; a test puts shorter ones in their place.

export interface Settings {
  /** What was not woken is found after this: work of another process, retries that are due, lanes whose holder died. */
  pollMs: number
  /** The pause after a first failure; each further one is twice as long, up to the longest. */
  firstPauseMs: number
  longestPauseMs: number
  /** With the pauses above, the last attempt comes after some 8 to 12 hours of failures. */
  attempts: number
  /** Between two attempts at a webhook that is down. */
  slowMs: number
  /**
   * Between two times at which a success after many failures has all lanes tried at once. Where some lanes always fail and others
   * seldom succeed, the attempts of the former last as long as without.
   */
  hurryEveryMs: number
  /** What this agent does not want, and another one may want that has not been restarted yet, or already has been, is left to it so long. */
  othersMs: number
  /** A lane is held for the time of an answer and this: for writing the outcome down, and for clocks of processes that differ. */
  holdMoreMs: number
  /** Between two attempts to write down what became of a delivery. */
  settleAgainMs: number
  /** What is under way at a stop has this long before it is given back. */
  stopGraceMs: number
}

export const usual: Settings = {
  pollMs: 2_000,
  firstPauseMs: 5_000,
  longestPauseMs: 3_600_000,
  attempts: 20,
  slowMs: 1_000,
  hurryEveryMs: 1_800_000,
  othersMs: 600_000,
  holdMoreMs: 20_000,
  settleAgainMs: 1_000,
  stopGraceMs: 1_000,
}
