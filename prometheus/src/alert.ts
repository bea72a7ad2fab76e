// What an alert and a recorded series are, as data: rules, tests, the table of runbooks and the lint are all made from these.

export type Severity = 'critical' | 'warning' | 'info'

/** Dashboards that an alert can lead to; the path is the dashboard's uid with `linda-` before it. */
export const dashboards = [
  'fleet',
  'account',
  'pairing',
  'failover',
  'messages',
  'paging',
  'slo',
  'agent',
  'history',
] as const
export type Dashboard = (typeof dashboards)[number]

export interface Alert {
  /** CamelCase, up to 40 characters. Several alerts of one name are its tiers and differ in `tier`. */
  readonly name: string
  /** What escalation and inhibition tell tiers by: `1` is told first. */
  readonly tier?: '1' | '2' | '3' | '4'
  readonly severity: Severity
  readonly expr: string
  /** How long it must hold before anybody is told; told at once where it is left out. */
  readonly for?: string
  /** How long it stays after it stopped holding. Understood since Prometheus 2.42. */
  readonly keepFiringFor?: string
  /** One sentence, the same for every account: what a phone shows first. */
  readonly summary: string
  /** Which account or pool, and the number. Templates of labels and of the value only. */
  readonly description: string
  /** What to do first, in one line. */
  readonly action: string
  readonly dashboard: Dashboard
}

export interface Recorded {
  /** level:metric:operation */
  readonly record: string
  readonly expr: string
}

export interface Group {
  readonly name: string
  /** How often it is evaluated; as the configuration says where it is left out. */
  readonly interval?: string
  readonly records?: readonly Recorded[]
  readonly alerts?: readonly Alert[]
}
