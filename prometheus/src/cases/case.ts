// What a test of an alert is: series over time, a moment, and who is told then; short ways to write the series.

export interface Expected {
  /** Which of the alerts of this name; the first or only one where it is left out. */
  tier?: string
  /** Beside those that the alert itself sets. */
  labels: Readonly<Record<string, string>>
  /** The value as the description shows it. */
  value: string
}

export interface Case {
  /** Values from 0 on, in promtool's notation. */
  series: Readonly<Record<string, string>>
  /** The distance of the values; 10 s where it is left out. */
  every?: string
  /** Moment of the question. Keep it smaller than a window, or the window's beginning between two values: 2.42 counts a value at its very beginning and 3.0 does not. */
  at: string
  /** Nobody where it is left out. */
  told?: readonly Expected[]
  /** Recorded series at that moment, by job, and what they are; null where there is none. */
  recorded?: Readonly<Record<string, number | null>>
}

/** One that fires, one that does not, and one where a series or label is missing; each may be several. */
export interface Trial {
  fires: Case | readonly Case[]
  quiet: Case | readonly Case[]
  missing: Case | readonly Case[]
}

export type Trials = Readonly<Record<string, Trial>>

export const ji = { job: 'linda', instance: 'a:9464' }
export const jia = { ...ji, account: 'p1' }
export const jp = { job: 'linda', pool: 'sales' }

/** A series of the agent `a`, or of another instance. */
export function of(name: string, labels: Readonly<Record<string, string>> = {}): string {
  const all = Object.entries({ ...ji, ...labels }).map(([label, value]) => `${label}="${value}"`)
  return `${name}{${all.join(', ')}}`
}

export function ofAccount(name: string, labels: Readonly<Record<string, string>> = {}): string {
  return of(name, { account: 'p1', ...labels })
}

/** An agent that runs since 0 and answers. */
export const runs = { [of('up')]: '1x5000', [of('process_start_time_seconds')]: '0x5000' }

/** An account as the agent shows it, in one state all the time. */
export function account(
  state: string,
  up: string,
  {
    id = 'p1',
    instance = ji.instance,
    pool = 'sales',
    codes = '0x500',
    scans = '0x500',
    mode = 'up',
    eligible = '',
  } = {},
): Record<string, string> {
  const its = (name: string, more = {}): string => of(name, { account: id, instance, ...more })
  return {
    [its('whatsapp_session_up')]: up,
    [its('whatsapp_session_state', { state })]: '1x500',
    [its('whatsapp_qr_codes_issued_total')]: codes,
    [its('whatsapp_qr_scans_total')]: scans,
    [its('whatsapp_account_mode', { mode })]: '1x500',
    [its('whatsapp_account_eligible')]: eligible || (mode === 'up' ? up : '0x500'),
    [its('whatsapp_account_info', { pool, role: 'primary', region: 'uae' })]: '1x500',
    [its('whatsapp_account_restricted', { kind: 'reachout-timelock' })]: '0x500',
  }
}

/** The same without the series of these names. */
export function without(
  series: Readonly<Record<string, string>>,
  ...names: readonly string[]
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(series).filter(([key]) => !names.some((name) => key.startsWith(`${name}{`))),
  )
}

/** A counter that did not exist until 2 min and shows `count` from then on: the first event of a series begins it. */
export const born = (count: number): string => `_x12 ${count}x500`

/** The same account with a limit of fifty a day. */
export const day = (sent: string, id = 'p1') => ({
  [of('whatsapp_account_day_messages', { account: id })]: sent,
  [of('whatsapp_account_day_limit', { account: id })]: '50x500',
})
