// What is promised, and how fast an error budget may be spent before somebody is told. Change the objectives here and run `npm run docs`.

/** Shares of 1 over 30 days. */
export const objectives = {
  /** Time in which a session that is wanted up is up. */
  sessions: 0.995,
  /** Messages that end with the server's acknowledgement. */
  messages: 0.999,
} as const

export const windows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d', '30d'] as const
export type Window = (typeof windows)[number]

export interface Burn {
  readonly tier: '1' | '2' | '3' | '4'
  readonly severity: 'critical' | 'warning'
  readonly long: Window
  /** Ends the alert soon after the burning has ended. */
  readonly short: Window
  /** Times the pace that uses up the budget in exactly 30 days. */
  readonly factor: number
  readonly for: string
}

/** From Google's SRE workbook, chapter 5, for an objective over 30 days: 2%, 5%, 10% and 10% of the budget are gone when they speak. */
export const burns: readonly Burn[] = [
  { tier: '1', severity: 'warning', long: '3d', short: '6h', factor: 1, for: '3h' },
  { tier: '2', severity: 'warning', long: '1d', short: '2h', factor: 3, for: '1h' },
  { tier: '3', severity: 'critical', long: '6h', short: '30m', factor: 6, for: '15m' },
  { tier: '4', severity: 'critical', long: '1h', short: '5m', factor: 14.4, for: '2m' },
]

/** How often the recorded series of the objectives are evaluated, in seconds: how many samples a window has. */
export const recordedEverySeconds = 30

/** Messages that must have gone wrong in the long window: of ten messages an hour one is ten percent and no pattern. */
export const fewestMessages = 5
