// docs/events.md is made from the event catalogue: what an operator can find in the log is all here.

import { catalogue } from '../../agent/events.ts'

const head = `<!-- Made by scripts/docs/events.ts from agent/events.ts. Do not edit: run \`npm run docs\`. -->

# Events

Everything that happens is one event: a log line with the type as its \`msg\`, a count in \`linda_events_total{type}\`, and whatever metric
docs/metrics.md names. Each has \`id\` (UUIDv7), \`node\`, the time, and where they apply \`account\`, \`epoch\`, \`trace_id\` and \`span_id\`. Durations end in
\`Ms\` or are called \`ms\` and are milliseconds. No phone number and no message text is ever in one. \`telemetry.log_level\` decides which are written.

| event | level | meaning |
|---|---|---|
`

export function render(): string {
  const rows = Object.entries(catalogue).map(
    ([type, { level, help }]) => `| \`${type}\` | ${level} | ${help} |`,
  )
  return `${head}${rows.join('\n')}\n`
}
