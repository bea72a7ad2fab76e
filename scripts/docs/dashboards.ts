// The dashboards and their page are made from grafana/src, so that what is provisioned, what is described and what is checked are one thing.

import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { textOf } from '../../grafana/src/dashboard.ts'
import { all } from '../../grafana/src/dashboards/index.ts'
import { draw } from '../../grafana/src/drawing.ts'
import { atBad } from '../../grafana/src/panels/tile.ts'

const fence = '```'
const head = `<!-- Made by scripts/docs/dashboards.ts from grafana/src. Do not edit: run \`npm run docs\`. -->

# Dashboards

Nine dashboards for Grafana 11 to 13, as code in \`grafana/src\` and as JSON in \`grafana/dashboards\`. Start at Fleet; every account in a
table leads to its own dashboard, every alert to its runbook, and the links at the head to all others, with the time range and the
variables kept. Their addresses are \`/d/linda-NAME\`, which is where the alerts lead too.

| variable | chooses | on |
|---|---|---|
| \`prometheus_datasource\`, \`job\` | which Prometheus, and which fleet in it | all |
| \`pool\`, \`region\`, \`account\` | accounts; \`Account\` shows exactly one | all |
| \`instance\` | agents | Agent |
| \`pager\` | pagers, by their job | Paging |
| \`influxdb_datasource\` | the InfluxDB of the history, with Linda's database as its default | History |
| \`tempo_datasource\` | where the traces are | Account |

Colours mean the same everywhere: green is good, yellow and orange ask for attention, red is bad, dark red is bad for good, blue waits for
a person, grey is off. Vertical marks are failovers, starts of agents with their version, and alerts. Histograms are of the whole fleet:
they have no account, so \`pool\`, \`region\` and \`account\` do not narrow them. The address of the linking page is set in
\`grafana/src/look/links.ts\`, those of runbooks in \`alertmanager/settings.yaml\`.

An agent that does not answer takes nothing from the screen: its accounts are \`agent down\`, lost where they were wanted up, and worth 0 in
the health of the fleet, until it answers, another agent has them, or it is no target any more. An account that another agent has taken is
shown as that one knows it. Both rest on the recorded series of \`prometheus/rules/accounts.yml\`. Alerts of the pager, of Alertmanager and of
Prometheus are shown whatever fleet is chosen.

Every query is tried against a real Prometheus and InfluxDB with \`npm run chaos -- dashboards\`. A panel that may be empty says why in its
source.
`

export function render(): string {
  return head + all.map(page).join('')
}

export function documents(): { file: string; text: string }[] {
  return all.map((made) => ({ file: `grafana/dashboards/${made.name}.json`, text: textOf(made) }))
}

function page({ name, model }: (typeof all)[number]): string {
  const panels = (model.panels ?? []).flatMap((panel) => (panel.type === 'row' ? [] : [panel as Panel]))
  const rows = panels.map(({ title, description = '' }) => {
    const [what, whenBad] = description.split(atBad)
    return `| ${title} | ${cell(what)} | ${cell(whenBad)} |`
  })
  return `
## ${model.title?.replace('Linda / ', '')}

${model.description} Its path is \`/d/linda-${name}\`.

${fence}text
${draw(model)}
${fence}

| panel | shows | when it looks bad |
|---|---|---|
${rows.join('\n')}
`
}

function cell(text = ''): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
