// What pairing has cost one account since the agent started.

export interface PairingCounts {
  attempts: number
  codes: number
  scans: number
  regenerations: number
  /** Rows of regenerations that ended without a scan. */
  regenerationsFailed: number
  /** Milliseconds since the epoch. */
  lastCodeAt: number | null
  /** Sum and number of the known times from the first view to the scan. */
  scanMsSum: number
  scanMsCount: number
}

export function noCounts(): PairingCounts {
  return {
    attempts: 0,
    codes: 0,
    scans: 0,
    regenerations: 0,
    regenerationsFailed: 0,
    lastCodeAt: null,
    scanMsSum: 0,
    scanMsCount: 0,
  }
}
