// What happens to a fleet and what the panels must say then: deaths, restarts, moves. The series are written in promtool's notation.

import { agent, copy, during, of, others, replaced, type Series } from './series.ts'

export interface Said {
  readonly dashboard: string
  readonly panel: string
  /** The legend of the query. */
  readonly query: string
  /** Values of variables; all that can be chosen where it is left out. */
  readonly choice?: Readonly<Record<string, string>>
  /** By the labels of the answer, rounded to hundredths; none where nothing is to be shown. */
  readonly answer: Readonly<Record<string, number>>
}

export interface Story {
  readonly name: string
  readonly series: Series
  /** Minutes from the beginning, with a value each minute. */
  readonly at: number
  /** The time range of the dashboard, in seconds; three hours where it is left out. */
  readonly range?: number
  readonly says: readonly Said[]
}

const one = (value: number) => ({ '{}': value })
const fleet = (panel: string, query: string, answer: Said['answer'], choice = {}): Said => ({
  dashboard: 'fleet',
  panel,
  query,
  answer,
  choice,
})

const dead: Story = {
  name: 'one of two agents has been dead for an hour, and its account with it',
  series: {
    ...others,
    ...agent('a', '1x120'),
    ...agent('b', '1x60 0x60', '0x60 stale', '1x60 stale'),
    ...copy('x', 'a'),
    ...copy('y', 'b', {}, during(0, 60)),
  },
  at: 120,
  says: [
    fleet('Fleet health', 'health', one(49)),
    fleet('Sessions up', 'up', one(1)),
    fleet('Sessions up', 'of', one(2)),
    fleet('Lost now', 'lost', one(1)),
    fleet('Ended by WhatsApp', 'ended', one(0)),
    fleet('Agents', 'up', one(1)),
    fleet('Agents', 'down', one(1)),
    fleet('Agents', 'down', one(1), { job: 'linda' }),
    fleet('Lost now', 'lost', one(0), { account: 'x' }),
    fleet('Accounts', 'pool', {
      '{account="x",pool="p",region="r"}': 1,
      '{account="y",pool="p",region="r"}': 1,
    }),
    fleet('Accounts', 'up', { '{account="x"}': 1, '{account="y"}': 0 }),
    fleet('Accounts', 'state', { '{account="x"}': 3, '{account="y"}': -1 }),
    { dashboard: 'account', panel: 'Up', query: 'up', choice: { account: 'y' }, answer: one(0) },
    { dashboard: 'account', panel: 'State', query: 'state', choice: { account: 'y' }, answer: one(-1) },
    {
      dashboard: 'agent',
      panel: 'Agents',
      query: 'up',
      answer: { '{instance="a"}': 1, '{instance="b"}': 0 },
    },
    { dashboard: 'agent', panel: 'Agents', query: 'age', answer: { '{instance="a"}': 7_200 } },
    { dashboard: 'agent', panel: 'Event loop', query: '99%', answer: {} },
    { dashboard: 'failover', panel: 'Fit to send', query: '{{pool}}', answer: { '{pool="p"}': 1 } },
    {
      dashboard: 'failover',
      panel: 'Accounts by state',
      query: '{{role}} agent down',
      answer: { '{role="primary"}': 1 },
    },
    // 60 of 120 minutes, with the moment in which it died.
    {
      dashboard: 'slo',
      panel: 'By account',
      query: 'kept',
      answer: { '{account="x"}': 1, '{account="y"}': 0.5 },
    },
  ],
}

const allDead: Story = {
  name: 'the only agent is dead, and a fleet of that size is not called healthy',
  series: {
    ...others,
    ...agent('a', '1x60 0x60', '0x60 stale', '1x60 stale'),
    ...copy('x', 'a', {}, during(0, 60)),
  },
  at: 120,
  says: [
    fleet('Fleet health', 'health', one(0)),
    fleet('Sessions up', 'up', one(0)),
    fleet('Sessions up', 'of', one(1)),
    fleet('Lost now', 'lost', one(1)),
    // Nobody knows.
    fleet('Ended by WhatsApp', 'ended', {}),
    fleet('Agents', 'up', one(0)),
    fleet('Agents', 'down', one(1)),
    { dashboard: 'failover', panel: 'Fit to send', query: '{{pool}}', answer: { '{pool="p"}': 0 } },
  ],
}

const taken: Story = {
  name: 'another agent still has a copy of an account that was taken from it',
  series: {
    ...agent('a', '1x120'),
    ...agent('b', '1x120'),
    ...copy('x', 'a'),
    ...copy('x', 'b', replaced),
    [of('whatsapp_diagnosis_active', 'b', ',account="x",issue="SESSION_ENDED",severity="CRITICAL"')]: '1x120',
    // Nobody has this one open; the one that took it last is right.
    ...copy('y', 'a', { state: 'connecting', code: 1, up: 0, score: 80, epoch: 8 }),
    ...copy('y', 'b', { ...replaced, epoch: 7 }),
  },
  at: 60,
  says: [
    fleet('Fleet health', 'health', one(89)),
    fleet('Sessions up', 'up', one(1)),
    fleet('Sessions up', 'of', one(2)),
    fleet('Lost now', 'lost', one(1)),
    fleet('Ended by WhatsApp', 'ended', one(0)),
    fleet('Accounts', 'state', { '{account="x"}': 3, '{account="y"}': 1 }),
    fleet('Accounts', 'problem', {}),
    fleet('The ten sickest', '{{account}}', { '{account="x"}': 98, '{account="y"}': 80 }),
    { dashboard: 'account', panel: 'Diagnoses', query: 'diagnoses', choice: { account: 'x' }, answer: {} },
    {
      dashboard: 'failover',
      panel: 'Accounts by state',
      query: '{{role}} {{state}}',
      answer: { '{role="primary", state="open"}': 1, '{role="primary", state="connecting"}': 1 },
    },
    {
      dashboard: 'failover',
      panel: 'Out over time',
      query: '{{mode}}',
      answer: { '{mode="up"}': 2 },
    },
  ],
}

const away: Story = {
  name: 'for half a day the agent was dead, or another one had the account',
  series: {
    ...agent('a', '1x360 0x719 1x360'),
    ...agent('b', '1x1440'),
    ...copy('x', 'a', {}, (value) => `${value}x360 stale _x718 ${value}x360`),
    ...copy('y', 'a', {}, during(0, 360)),
    ...copy('y', 'b', { epoch: 2 }, during(361, 1_440)),
  },
  at: 1_439,
  says: [
    fleet('Accounts', 'uptime', { '{account="x"}': 0.5, '{account="y"}': 1 }),
    {
      dashboard: 'account',
      panel: 'Uptime in 24 hours',
      query: 'uptime',
      choice: { account: 'x' },
      answer: one(0.5),
    },
  ],
}

const ended = (state: string): string => of('whatsapp_outbox_ended_total', 'a', `,pool="p",state="${state}"`)

const restarted: Story = {
  name: 'what was counted before a restart is not forgotten',
  series: {
    // Restarted after 361 minutes.
    ...agent('a', '1x420', '-100000x360 21660x59'),
    ...copy('x', 'a'),
    // Twelve, of which increase() cannot see the very first one.
    [ended('failed')]: '_x119 1x100 11x139 stale _x29 1x30',
  },
  at: 420,
  range: 21_600,
  says: [
    { dashboard: 'messages', panel: 'Ended without acknowledgement', query: 'ended', answer: one(11.02) },
  ],
}

const gone: Story = {
  name: 'what came and went with a process is not forgotten, and what is as large afterwards is news',
  series: {
    ...agent('a', '1x420', '-100000x360 21660x59'),
    ...copy('x', 'a'),
    [ended('failed')]: '_x119 2x240 stale',
    [ended('expired')]: '3x360 stale _x29 3x30',
  },
  at: 420,
  range: 21_000,
  says: [{ dashboard: 'messages', panel: 'Ended without acknowledgement', query: 'ended', answer: one(5) }],
}

const firing = (name: string, labels: string, severity = 'critical'): string =>
  `ALERTS{alertname="${name}",${labels},severity="${severity}",alertstate="firing"}`

const paging: Story = {
  name: 'a chosen fleet does not hide the alerts of the watchers',
  series: {
    ...agent('a', '1x60'),
    ...copy('x', 'a'),
    [of('whatsapp_account_info', 'c', ',account="z",pool="q",role="primary",region="r"', 'elsewhere')]:
      '1x60',
    [firing('PagerDown', 'job="linda-pager",instance="pager:9465"')]: '1x60',
    [firing('NotificationsFailing', 'job="alertmanager",instance="am:9093",integration="slack"')]: '1x60',
    [firing('AgentAbsent', 'x="y"')]: '1x60',
    [firing('SessionLoggedOut', 'job="linda",instance="a",account="x"')]: '1x60',
    [firing('SessionLoggedOut', 'job="elsewhere",instance="c",account="z"')]: '1x60',
  },
  at: 60,
  says: [
    { dashboard: 'paging', panel: 'Firing now', query: 'critical', answer: one(5) },
    { dashboard: 'paging', panel: 'Firing now', query: 'critical', choice: { job: 'linda' }, answer: one(4) },
    { dashboard: 'paging', panel: 'Firing now', query: 'warning', choice: { job: 'linda' }, answer: one(0) },
    fleet('Alerts firing', 'critical', one(4), { job: 'linda' }),
  ],
}

const silence: Story = {
  name: 'nothing is no number, and is not shown as one',
  series: {
    ...agent('a', '1x60'),
    ...copy('x', 'a'),
    [of('whatsapp_message_ack_seconds_bucket', 'a', ',le="1"')]: '0x60',
    [of('whatsapp_message_ack_seconds_bucket', 'a', ',le="+Inf"')]: '0x60',
    [of('whatsapp_pairing_attempts_total', 'a', ',account="x",method="qr",outcome="expired"')]: '2x60',
  },
  at: 60,
  range: 1_790,
  says: [
    { dashboard: 'messages', panel: 'Acknowledged in 95%', query: '95%', answer: {} },
    { dashboard: 'pairing', panel: 'Linked of all attempts', query: 'linked', answer: {} },
  ],
}

export const stories: readonly Story[] = [dead, allDead, taken, away, restarted, gone, paging, silence]
