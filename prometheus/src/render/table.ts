// docs/runbooks/README.md: every alert in one table, so that somebody who is woken finds its page.

import { alerts } from '../groups/index.ts'

export function renderTable(): string {
  const names = [...new Set(alerts.map(({ name }) => name))]
  const rows = names.map((name) => {
    const tiers = alerts.filter((alert) => alert.name === name)
    const severity = tiers.map((alert) => `${alert.severity} after ${alert.for ?? '0s'}`).join(', ')
    const { summary, dashboard } = tiers[0] as (typeof tiers)[number]
    return `| [${name}](${name}.md) | ${severity} | ${summary} | ${dashboard} |`
  })
  return `<!-- Made by scripts/docs/alerts.ts from prometheus/src. Do not edit: run \`npm run docs\`. -->

# Runbooks

One page for each alert: what it means, what it costs, how to look, what to do. In the image the commands are \`linda COMMAND\`, in a checkout \`npm run linda -- COMMAND\`.

| alert | severity | in one sentence | dashboard |
|---|---|---|---|
${rows.join('\n')}
`
}
