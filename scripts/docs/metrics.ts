// docs/metrics.md is made from the catalogue, so that no metric is undocumented and none is documented that does not exist.

import { catalogue, type MetricSpec } from '../../agent/telemetry/catalogue.ts'
import { sessionStates } from '../../agent/words.ts'
import { catalogue as pagerCatalogue } from '../../alertmanager/pager/telemetry/catalogue.ts'

const head = `<!-- Made by scripts/docs/metrics.ts from agent/telemetry/catalogue.ts. Do not edit: run \`npm run docs\`. -->

# Metrics

\`GET /metrics\` on the metrics listener (\`metrics.listen\`, by default \`0.0.0.0:9464\`) answers OpenMetrics text, always; it needs no token and
holds no secret and no phone number. Prefix \`whatsapp_\` for the domain, \`linda_\` for the process; \`process_\` and \`nodejs_\` are the default
metrics of Node.js, event-loop delay included. The label \`account\` is the account's id and stands on gauges and counters only, never on
histograms. Counters whose only label is the account
start at 0 when the agent starts; one with a further label (a reason, a code, an outcome) begins with its first event. A series of an account or a state that is gone goes with it.

`

function row({ name, type, labels, help }: MetricSpec): string {
  const labelled = labels.length === 0 ? '-' : labels.map((label) => `\`${label}\``).join(', ')
  return `| \`${name}\` | ${type} | ${labelled} | ${help} |`
}

export function render(): string {
  const specs = [...Object.values(catalogue), ...Object.values(pagerCatalogue)] as MetricSpec[]
  const table = (prefix: string): string =>
    [
      '| name | type | labels | meaning |',
      '|---|---|---|---|',
      ...specs.filter(({ name }) => name.startsWith(prefix)).map(row),
    ].join('\n')
  const buckets = specs
    .filter(({ buckets }) => buckets)
    .map(
      ({ name, buckets, exemplars }) =>
        `| \`${name}\` | ${buckets?.join(', ')} | ${exemplars ? '`trace_id`' : '-'} |`,
    )
  return [
    head,
    '## WhatsApp\n\n',
    table('whatsapp_'),
    '\n\n## The process\n\n',
    table('linda_'),
    '\n\n## The pager\n\nOn its own listener, `:9465`. See [the pager](pager.md).\n\n',
    table('pager_'),
    '\n\n## Buckets, in seconds\n\n| histogram | upper bounds | exemplar |\n|---|---|---|\n',
    buckets.join('\n'),
    '\n\n## Numbers of the states\n\n`whatsapp_session_state_code` is ',
    sessionStates.map((state, code) => `${code} \`${state}\``).join(', '),
    '.\n',
  ].join('')
}
