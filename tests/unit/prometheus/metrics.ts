// The names of metrics in a piece of PromQL, and those that are not Linda's own.

import { catalogue as pager } from '../../../alertmanager/pager/telemetry/catalogue.ts'

/** Of Prometheus, of Node.js as prom-client shows it, and of the pager. */
export const standardMetrics: readonly string[] = [
  'up',
  'ALERTS',
  'scrape_samples_post_metric_relabeling',
  'process_start_time_seconds',
  'process_resident_memory_bytes',
  'process_cpu_seconds_total',
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_heap_size_used_bytes',
  'prometheus_notifications_alertmanagers_discovered',
  'prometheus_notifications_errors_total',
  'prometheus_rule_evaluation_failures_total',
  'prometheus_config_last_reload_successful',
  'alertmanager_notifications_failed_total',
  ...Object.values(pager).map(({ name }) => name),
]

/** Series of histograms are their histogram's. What stands in quotes or in braces of labels is no metric. */
export function metricsIn(promql: string): string[] {
  const bare = promql
    .replaceAll(/"[^"]*"/g, '""')
    .replaceAll(/(by|on|ignoring|group_left|without) \([^)]*\)/g, '')
  const words =
    bare.match(
      /\b(up|ALERTS|linda:[a-z0-9_:]+|(?:whatsapp|linda|pager|alertmanager|process|nodejs|scrape|prometheus)_\w+)\b/g,
    ) ?? []
  return [...new Set(words.map((word) => word.replace(/(seconds)_(bucket|sum|count)$/, '$1')))]
}
