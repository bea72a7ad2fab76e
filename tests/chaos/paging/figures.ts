// What a paging run counts: how long each notification took, who was never told, and who was told the same twice.

import type { PagingStage } from '../../harness/paging-stage.ts'
import type { Table } from '../report.ts'

/** Asked for: from the event to the provider, of 95 in 100. */
export const withinMs = 30_000

/** The nearest-rank quantile; null of nothing. */
export function quantile(values: readonly number[], q: number): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? null
}

/** One notification that should come. */
export interface Due {
  /** Such as `qr-failed by sms`. */
  row: string
  account: string
  at: number
  /** When it came, or null. */
  came(): number | null
}

/** Waits until all have come or the time is up; answers how long each took, and null where it never came. */
export async function gather(
  due: readonly Due[],
  limitMs: number,
): Promise<{ row: string; ms: number | null }[]> {
  const endsAt = Date.now() + limitMs
  while (Date.now() < endsAt && due.some(({ came }) => came() === null))
    await new Promise((resolve) => setTimeout(resolve, 100))
  return due.map(({ row, at, came }) => {
    const seen = came()
    return { row, ms: seen === null ? null : Math.max(0, seen - at) }
  })
}

/** By row: how many, the median, the 95th percentile, the longest, and those that never came. */
export function tableOf(took: readonly { row: string; ms: number | null }[]): Table {
  return Object.fromEntries(
    [...Map.groupBy(took, ({ row }) => row)].map(([row, all]) => {
      const ms = all.flatMap((each) => each.ms ?? [])
      const missed = all.length - ms.length
      return [
        row,
        {
          due: all.length,
          p50_ms: quantile(ms, 0.5),
          p95_ms: quantile(ms, 0.95),
          max_ms: quantile(ms, 1),
          missed,
        },
      ]
    }),
  )
}

const word = (account: string): RegExp => new RegExp(`\\b${account}\\b`)
const first = (times: readonly number[]): number | null => times[0] ?? null

/** When the account was first told on Slack under the name of this alert. */
export function bySlack({ inboxes }: PagingStage, alert: string, account: string): number | null {
  const told = inboxes.slack.filter(({ title, text }) => title.includes(alert) && word(account).test(text))
  return first(told.map(({ at }) => at))
}

export function byMail({ inboxes }: PagingStage, alert: string, account: string): number | null {
  const told = inboxes.mails.filter(
    ({ subject, text }) => subject.includes(alert) && word(account).test(text),
  )
  return first(told.map(({ at }) => at))
}

/** When the last of these telephones had it; null while one has not. */
export function byPhone(
  { twilio }: PagingStage,
  kind: 'sms' | 'voice',
  account: string,
  phones: readonly string[],
): number | null {
  const times = phones.map((phone) =>
    first(
      twilio.taken
        .filter((each) => each.kind === kind && each.to === phone && word(account).test(each.text))
        .map(({ at }) => at),
    ),
  )
  return times.some((at) => at === null) ? null : Math.max(...(times as number[]))
}

/** Messages beyond the first that say the same to the same telephone, and posts and mails that say the same again. */
export function duplicatesOf({ twilio, inboxes, fcm }: PagingStage): number {
  const said = [
    ...twilio.taken.map(({ kind, to, text }) => `${kind} ${to} ${withoutLinks(text)}`),
    ...fcm.taken.map(({ token, title, body }) => `push ${token} ${title} ${withoutLinks(body)}`),
    ...inboxes.slack.map(({ title, text }) => `slack ${title} ${text}`),
    ...inboxes.mails.map(({ subject, text }) => `mail ${subject} ${text}`),
  ]
  return said.length - new Set(said).size
}

/** Each message has a link of its own. */
const withoutLinks = (text: string): string => text.replaceAll(/https?:\/\/\S+/g, '')
