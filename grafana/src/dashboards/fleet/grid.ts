// The table of all accounts, the alerts and what the diagnoses ask for: where the trouble is, and what to click.

import { severities } from '../../../../agent/health/diagnosis.ts'
import { thresholds } from '../../../../prometheus/src/thresholds.ts'
import { byField, cellActions } from '../../actions.ts'
import { falling, rising } from '../../look/colours.ts'
import { toAccount } from '../../look/links.ts'
import { gravities, gravity, recommendations, states, upDown } from '../../look/mappings.ts'
import { alertList } from '../../panels/alert-list.ts'
import { table } from '../../panels/table.ts'
import { chosen, each, held, mine, stateCode, up, uptime } from '../../queries/accounts.ts'
import { rows } from '../../queries/query.ts'
import { account } from '../../queries/selectors.ts'

/** Every diagnosis that holds, worth its gravity: from 1 to 4. */
const diagnoses = severities
  .map(
    (severity) =>
      `${gravity[severity]} * max by (account, issue) (${held(account('whatsapp_diagnosis_active', `severity="${severity}"`))})`,
  )
  .reverse()
  .join('\n  or ')
/** Of every account the gravest one. */
const gravest = `topk by (account) (1, ${diagnoses})`

export const grid = table({
  title: 'Accounts',
  what: 'Every chosen account, those that are down and the sickest first, also while its agent does not answer. Uptime is the share of the last 24 hours, in which time without an answer counts as down; codes are those of 24 hours.',
  whenBad: 'click the account. The next problem is its gravest diagnosis.',
  width: 16,
  height: 14,
  noValue: 'no account is configured, or no agent answers',
  join: 'account',
  sort: [{ column: 'Up' }, { column: 'Score' }],
  queries: [
    rows('pool', `max by (account, pool, region) (${chosen})`),
    rows('up', `max by (account) (${up})`),
    rows('state', `max by (account) (${stateCode})`),
    rows('score', `max by (account) (${each('whatsapp_health_score')})`, {
      mayBeEmpty: 'Nothing is scored in the first five minutes of a fleet.',
    }),
    rows(
      'evidence',
      `min by (account) (time() - (${mine(account('whatsapp_session_last_evidence_timestamp_seconds'))}))`,
    ),
    rows('uptime', `max by (account) (${mine(uptime('24h'))})`),
    rows(
      'codes',
      `sum by (account) (${mine(`increase(${account('whatsapp_qr_codes_issued_total')}[24h])`)})`,
    ),
    rows('problem', gravest, { mayBeEmpty: 'A healthy fleet has no diagnosis.' }),
  ],
  columns: [
    { from: 'account', name: 'Account', links: [toAccount] },
    { from: 'pool', name: 'Pool' },
    { from: 'region', name: 'Region', size: 80 },
    { from: 'Value #B', name: 'Up', mappings: upDown, cell: 'text', size: 65 },
    { from: 'Value #C', name: 'State', mappings: states, cell: 'background', size: 105 },
    {
      from: 'Value #D',
      name: 'Score',
      decimals: 0,
      min: 0,
      max: 100,
      steps: falling(thresholds.health.low, thresholds.health.fleet),
      cell: 'gauge',
      size: 120,
    },
    {
      from: 'Value #F',
      name: 'Uptime',
      unit: 'percentunit',
      decimals: 2,
      steps: falling(0.95, 0.995),
      cell: 'text',
      size: 80,
    },
    {
      from: 'Value #E',
      name: 'Evidence',
      unit: 's',
      decimals: 0,
      steps: rising(60, 120),
      cell: 'text',
      size: 85,
    },
    {
      from: 'Value #G',
      name: 'Codes',
      decimals: 0,
      steps: rising(thresholds.qr.codes / 2, thresholds.qr.codes),
      cell: 'text',
      size: 70,
    },
    { from: 'issue', name: 'Next problem' },
    { from: 'Value #H', name: 'Gravity', mappings: gravities, cell: 'background', size: 95 },
    {
      from: 'Value #A',
      name: 'Do',
      size: 190,
      more: cellActions(['checkNow', 'failOver'], byField('Account')),
    },
  ],
})

export const alerts = alertList(
  {
    title: 'Alerts',
    what: 'What fires or is about to, of critical and warning severity.',
    whenBad: 'open the runbook of the first one.',
    width: 8,
    height: 7,
  },
  '{severity=~"critical|warning"}',
)

export const todo = table({
  title: 'Recommendations',
  what: 'What the diagnoses that hold now ask of a person, the gravest first.',
  whenBad: 'do the first line first; the account has the numbers behind it.',
  width: 8,
  height: 7,
  noValue: 'nothing to do',
  sort: [{ column: 'Gravity', descending: true }],
  queries: [
    rows('diagnoses', `label_replace(${diagnoses}, "action", "$1", "issue", "(.*)")`, {
      mayBeEmpty: 'A healthy fleet has no diagnosis.',
    }),
  ],
  columns: [
    { from: 'account', name: 'Account', size: 90, links: [toAccount] },
    { from: 'action', name: 'What to do', mappings: recommendations },
    {
      from: 'Value',
      name: 'Gravity',
      size: 95,
      mappings: gravities,
      cell: 'background',
    },
  ],
})
