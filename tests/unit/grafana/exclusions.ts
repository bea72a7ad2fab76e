// Where the rules of Grafana's dashboard-linter are not followed, each with the reason; what is not in this list is a mistake.

export interface Exclusion {
  readonly rule: string
  /** All where it is left out. */
  readonly dashboard?: RegExp
  /** The metric of the selector; all where it is left out. */
  readonly metric?: RegExp
  readonly because: string
}

export const exclusions: readonly Exclusion[] = [
  {
    rule: 'template-instance-rule',
    dashboard: /^(?!agent$)/,
    because: 'An account moves from agent to agent: whoever looks for it cannot know where it is.',
  },
  {
    rule: 'target-instance-rule',
    dashboard: /^(?!agent$)/,
    because: 'The same; series are joined by instance instead.',
  },
  {
    rule: 'target-instance-rule',
    metric:
      /^(up|process_start_time_seconds|linda_build_info|ALERTS|whatsapp_failovers_total|whatsapp_account_info|linda:account_info:silent)$/,
    because: 'Marks, the guard of a first event and what tells the jobs of agents are those of all agents.',
  },
  {
    rule: 'target-job-rule',
    metric: /^pager_/,
    because: 'The pager is a job of its own, and has a variable of its own.',
  },
  {
    rule: 'target-job-rule',
    dashboard: /^paging$/,
    metric: /^(up|process_start_time_seconds|prometheus_\w+)$/,
    because: 'The watchers are watched whatever fleet is chosen.',
  },
  {
    rule: 'target-job-rule',
    metric: /^ALERTS$/,
    because:
      'Only the alerts of other fleets are left out, by the accounts that those have: nobody has chosen the pager.',
  },
  {
    rule: 'target-job-rule',
    metric: /^linda:(session|message)_objective:ratio$/,
    because: 'What is promised is promised for every fleet: the series has no labels.',
  },
  {
    rule: 'target-job-rule',
    dashboard: /^fleet$/,
    metric:
      /^whatsapp_(session_up|session_state|qr_codes_issued_total|qr_scans_total|account_mode|account_info)$/,
    because:
      'What is lost is told by the expression of the alert, narrowed to the chosen accounts outside of it.',
  },
]
