// docs/pager-configuration.md is made from the schema of pager.yaml, so that the specification cannot differ from what the pager accepts.

import { sections } from '../../alertmanager/pager/config/schema.ts'
import { keyTable } from './configuration.ts'

const purposes: Readonly<Record<keyof typeof sections, string>> = {
  api: 'The listener for Alertmanager and for the history.',
  callbacks: 'The listener that people and providers reach.',
  metrics: 'The listener for Prometheus and for health checks.',
  store: 'Where pages and deliveries are kept.',
  log: 'What is logged.',
  channels: 'Providers. Twilio sends SMS and calls, Firebase Cloud Messaging push messages.',
  retries: 'How often and how fast it is tried.',
  budgets: 'What may be sent within an hour. Warnings and infos have 80% of it.',
  quiet_hours: 'When warnings and infos wait, or null.',
  heartbeat: 'The alert that always fires.',
  recipients: 'People by name: nobody else is ever called.',
  schedules: 'Rotas by name.',
  receivers: 'What the names in Alertmanager mean. `default` must exist.',
}

const head = `<!-- Made by scripts/docs/pager-configuration.ts from alertmanager/pager/config. Do not edit: run \`npm run docs\`. -->

# pager.yaml

What the keys are for is in [the pager](pager.md). \`npm run pager -- check-config FILE\` checks a file and its secrets. Times of day and days stand in quotes.
`

/** The whole text of docs/pager-configuration.md. */
export function render(): string {
  const parts = Object.entries(sections).map(
    ([name, schema]) => `\n## ${name}\n\n${purposes[name as keyof typeof sections]}\n\n${keyTable(schema)}`,
  )
  return head + parts.join('')
}
