// alertmanager/alertmanager.yml is made from the policy, the alerts and alertmanager/settings.yaml, so that no alert is told to nobody.

import { renderAlertmanager } from '../../alertmanager/src/render.ts'

const head = `# Made by scripts/docs/alertmanager.ts from alertmanager/src and alertmanager/settings.yaml. Do not edit: change those and run npm run docs.
# Understood by Alertmanager 0.25 and newer. Paths are relative to this file.
`

/** One document, and not docs/alertmanager.md. */
export function documents(): { file: string; text: string }[] {
  return [{ file: 'alertmanager/alertmanager.yml', text: head + renderAlertmanager() }]
}
