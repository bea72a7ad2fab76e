// Providers that refuse, break off and hang, a pager that is killed with pages in its hand, an Alertmanager that repeats itself: everybody is told all the same.

import { alertOf, posted } from '../../harness/alert-samples.ts'
import { openPagingStage, type PagingStage, phones, recipients } from '../../harness/paging-stage.ts'
import type { Manner } from '../../harness/providers/server.ts'
import type { Asked } from '../../harness/providers/twilio.ts'
import { until } from '../../harness/until.ts'
import type { Table } from '../report.ts'
import { byMail, byPhone, bySlack, duplicatesOf } from './figures.ts'

const WITHIN_MS = 30_000

interface Trouble {
  name: string
  /** What Twilio does to the nth attempt (from 0) for a telephone; `first` is the first for any of them. */
  manner?(asked: Asked, nth: number, stage: PagingStage, first: boolean): Manner
  /** What is done instead of only raising the alert. */
  act?(stage: PagingStage, raise: () => Promise<void>, account: string): Promise<void>
  /** Telephones that get no SMS: their owners are told by push. */
  without?: readonly string[]
}

const { bob } = recipients
const before =
  (n: number, manner: Manner) =>
  (_: Asked, nth: number): Manner =>
    nth < n ? manner : 'accept'

const troubles: readonly Trouble[] = [
  { name: '429', manner: before(2, { status: 429, retryAfter: '1' }) },
  { name: '500', manner: before(2, { status: 500 }) },
  { name: 'hangs', manner: before(1, 'hang') },
  { name: 'cut', manner: before(1, 'cut') },
  {
    name: 'refuses-one-of-three',
    manner: ({ to }) => (to === bob.phone ? { status: 400, code: 21211 } : 'accept'),
    without: [bob.phone],
  },
  {
    name: 'pager-killed-sending',
    manner: (_, __, stage, first) => {
      // Of three: one is asked and never answered, the others may not have been.
      if (!first) return 'accept'
      stage.killPager()
      return 'hang'
    },
    async act(stage, raise) {
      await raise()
      await until('it is killed', () => stage.pager().child.signalCode === 'SIGKILL', WITHIN_MS)
      await stage.startPager()
    },
  },
  {
    name: 'pager-killed-before',
    async act(stage, raise) {
      stage.killPager()
      await raise()
      const tried = () => stage.alertmanager().printed().includes('connection refused')
      await until('Alertmanager has tried in vain', tried, WITHIN_MS)
      await stage.startPager()
    },
  },
  {
    name: 'alertmanager-repeats',
    async act(stage, raise, account) {
      await raise()
      await until('told once', () => byPhone(stage, 'sms', account, phones), WITHIN_MS)
      const heard = await stage.counted('pager_webhooks_total{outcome="accepted"}')
      // Another one, which does not know what the first has sent.
      await stage.replaceAlertmanager()
      await raise()
      const again = async () => (await stage.counted('pager_webhooks_total{outcome="accepted"}')) > heard
      await until('the pager hears it again', again, WITHIN_MS)
    },
  },
  {
    name: 'slack-and-mail-fail',
    async act(stage, raise) {
      stage.inboxes.slackAnswers.push(500, 503)
      stage.inboxes.mailAnswers.push(451)
      await raise()
    },
  },
]

export interface Faults {
  table: Table
  missed: number
  duplicates: number
  possibleDuplicates: number
  violations: string[]
}

/** Every trouble in turn, `runs` in all and each at least once; each with an alert of its own that goes to Slack, mail and SMS. */
export async function sufferFaults(
  runs: number,
  progress: (done: number, what: string) => void,
): Promise<Faults> {
  const stage = await openPagingStage({ pace: 'shipped' })
  const table: Table = {}
  const violations: string[] = []
  let [missed, possible] = [0, 0]
  try {
    for (let n = 0; n < Math.max(runs, troubles.length); n++) {
      const trouble = troubles[n % troubles.length] as Trouble
      const account = `fault-${n}`
      const doubled = duplicatesOf(stage)
      const { lost, flagged } = await suffer(stage, trouble, account)
      const duplicates = duplicatesOf(stage) - doubled
      missed += lost.length
      possible += flagged
      if (lost.length > 0) violations.push(`${trouble.name} ${n}: never told: ${lost.join(', ')}`)
      if (duplicates > flagged)
        violations.push(
          `${trouble.name} ${n}: ${duplicates} duplicates, ${flagged} of them marked as possible`,
        )
      const row = table[trouble.name] ?? { runs: 0, missed: 0, duplicates: 0, possible_duplicates: 0 }
      table[trouble.name] = {
        runs: (row.runs ?? 0) + 1,
        missed: (row.missed ?? 0) + lost.length,
        duplicates: (row.duplicates ?? 0) + duplicates,
        possible_duplicates: (row.possible_duplicates ?? 0) + flagged,
      }
      progress(n + 1, trouble.name)
    }
    return { table, missed, duplicates: duplicatesOf(stage), possibleDuplicates: possible, violations }
  } finally {
    await stage.close()
  }
}

async function suffer(
  stage: PagingStage,
  { manner, act, without = [] }: Trouble,
  account: string,
): Promise<{ lost: string[]; flagged: number }> {
  const attempts = new Map<string, number>()
  stage.twilio.manner = (asked) => {
    if (!new RegExp(`\\b${account}\\b`).test(asked.text)) return 'accept'
    const first = attempts.size === 0
    const nth = attempts.get(asked.to) ?? 0
    attempts.set(asked.to, nth + 1)
    return manner?.(asked, nth, stage, first) ?? 'accept'
  }
  const before = { pid: stage.pager().child.pid, count: await possibleOf(stage) }
  const alert = { ...posted(alertOf('ConnectionLost', '2'), { account }), startsAt: new Date().toISOString() }
  const raise = (): Promise<void> => stage.alertmanager().post([alert])
  await (act ? act(stage, raise, account) : raise())
  const withSms = phones.filter((phone) => !without.includes(phone))
  const ways: Record<string, () => unknown> = {
    slack: () => bySlack(stage, 'ConnectionLost', account),
    mail: () => byMail(stage, 'ConnectionLost', account),
    ...Object.fromEntries(withSms.map((phone) => [phone, () => byPhone(stage, 'sms', account, [phone])])),
    ...Object.fromEntries(without.map((phone) => [phone, () => pushed(stage, account, phone)])),
  }
  const told = (): boolean => Object.values(ways).every((way) => way() !== null)
  await until('everybody is told', told, WITHIN_MS).catch(() => {})
  await settled(stage)
  // Its counts begin anew with each process.
  const same = stage.pager().child.pid === before.pid
  const flagged = (await possibleOf(stage)) - (same ? before.count : 0)
  return { lost: Object.keys(ways).filter((name) => ways[name]?.() === null), flagged }
}

const possibleOf = (stage: PagingStage): Promise<number> => stage.counted('pager_possible_duplicates_total')

/** The pager counts what it has to do every two seconds. */
const COUNTED_WITHIN_MS = 2_500

/** Until the pager has nothing left to send, and has had a moment to notice. */
async function settled(stage: PagingStage): Promise<void> {
  let emptySince = Number.POSITIVE_INFINITY
  const empty = async (): Promise<boolean> => {
    const left = await stage.counted('pager_deliveries{')
    emptySince = left === 0 ? Math.min(emptySince, Date.now()) : Number.POSITIVE_INFINITY
    return Date.now() - emptySince >= COUNTED_WITHIN_MS
  }
  await until('the pager has nothing left', empty, WITHIN_MS).catch(() => {})
}

function pushed({ fcm }: PagingStage, account: string, phone: string): number | null {
  const owner = Object.values(recipients).find((each) => each.phone === phone)
  const found = fcm.taken.find(
    ({ token, title, body }) =>
      token === owner?.fcm_token && new RegExp(`\\b${account}\\b`).test(`${title} ${body}`),
  )
  return found?.at ?? null
}
