import { toRunbook } from '../../look/links.ts'
import { alertSeverities, issueSeverities, recommendations } from '../../look/mappings.ts'
import { table } from '../../panels/table.ts'
import { each } from '../../queries/accounts.ts'
import { alerts } from '../../queries/alerts.ts'
import { rows } from '../../queries/query.ts'

export const wrong = [
  table({
    title: 'Diagnoses',
    what: 'What is wrong with the account now, by name, and what to do.',
    whenBad: '`linda diagnose ACCOUNT` has the numbers and the whole recommendation.',
    width: 14,
    height: 7,
    noValue: 'nothing is wrong',
    queries: [
      rows(
        'diagnoses',
        `label_replace(max by (issue, severity) (${each('whatsapp_diagnosis_active', '', 'issue, severity')}), "action", "$1", "issue", "(.*)")`,
        { mayBeEmpty: 'A healthy account has no diagnosis.' },
      ),
    ],
    columns: [
      { from: 'issue', name: 'Issue', size: 230 },
      { from: 'severity', name: 'Severity', mappings: issueSeverities, cell: 'background', size: 100 },
      { from: 'action', name: 'What to do', mappings: recommendations },
    ],
  }),
  table({
    title: 'Alerts of this account',
    what: 'Alerts that name the account and fire now or are about to.',
    whenBad: 'click the name: it leads to the runbook.',
    width: 10,
    height: 7,
    noValue: 'no alert',
    queries: [
      rows('alerts', `max by (alertname, severity, alertstate) (${alerts('account=~"$account"')})`, {
        mayBeEmpty: 'A healthy account has no alert.',
      }),
    ],
    columns: [
      { from: 'alertname', name: 'Alert', links: [toRunbook] },
      { from: 'severity', name: 'Severity', mappings: alertSeverities, cell: 'background', size: 100 },
      { from: 'alertstate', name: 'State', size: 90 },
    ],
  }),
]
