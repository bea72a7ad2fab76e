// Prometheus and its Alertmanagers: who watches the watchers.

import { lines } from '../../panels/graphs.ts'
import { range } from '../../queries/query.ts'
import { pager, running } from './shared.ts'

export const watchers = [
  lines({
    title: 'Who answers Prometheus',
    what: 'Targets that answer, by job, and the versions of the pagers.',
    whenBad: 'a job at 0 is blind or down: linda is the agents, linda-pager the pager.',
    width: 8,
    unit: 'none',
    noValue: 'Prometheus has no targets',
    queries: [
      range('{{job}}', 'sum by (job) (up)'),
      range('pager {{version}}', `count by (version) (${pager('pager_build_info')})`, running),
    ],
  }),
  lines({
    title: 'Alertmanagers',
    what: 'Alertmanagers that Prometheus knows, and alerts that it could not hand over in each step.',
    whenBad: '0 known or any errors: alerts reach nobody. See AlertmanagerUnreachable.',
    width: 8,
    unit: 'short',
    noValue: 'Prometheus does not watch itself',
    queries: [
      range('known', 'max(prometheus_notifications_alertmanagers_discovered)'),
      range('errors', 'sum(increase(prometheus_notifications_errors_total[$__rate_interval]))', {
        mayBeEmpty: 'Prometheus has no Alertmanager, and nothing to fail with.',
      }),
    ],
  }),
  lines({
    title: 'Rules',
    what: 'Evaluations of rules that failed in each step, and whether the configuration was read (1).',
    whenBad: '`promtool check config`, and the log of Prometheus.',
    width: 8,
    unit: 'short',
    noValue: 'Prometheus does not watch itself',
    queries: [
      range('failed', 'sum(increase(prometheus_rule_evaluation_failures_total[$__rate_interval]))'),
      range('configuration read', 'min(prometheus_config_last_reload_successful)'),
    ],
  }),
]
