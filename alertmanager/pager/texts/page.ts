// What one recipient is told of one page: the account, the issue, what to do, where the runbook is and how to acknowledge.

import type { Content } from '../decide/group.ts'
import type { Locale, NoticeKind } from '../words.ts'
import type { TextKey } from './catalogue.ts'
import { say } from './say.ts'

/** Alerts of the pager itself. */
export const heartbeatLost = 'HeartbeatLost'
export const testPage = 'PagerTest'

export interface Page {
  kind: NoticeKind
  content: Content
  /** What `{next}` promises, in milliseconds. */
  nextUpdateMs: number
}

/** How it can be acknowledged; each is null where it cannot be in that way. */
export interface Answers {
  link: string | null
  reply: string | null
}

export interface Told {
  title: string
  headline: string
  action: string | null
  runbook: string | null
  answer: string | null
}

type Own = Extract<
  TextKey,
  'connectionLost' | 'qrRegenerationFailed' | 'healthDropped' | 'agentDown' | 'heartbeatLost' | 'test'
>

/** Alerts with a text of their own; the others have one for all. */
const own: Readonly<Record<string, Own>> = {
  ConnectionLost: 'connectionLost',
  QrRegenerationFailed: 'qrRegenerationFailed',
  HealthDropped: 'healthDropped',
  AgentDown: 'agentDown',
  [heartbeatLost]: 'heartbeatLost',
  [testPage]: 'test',
}

/** The alerts that have a text of their own. */
export const ownAlerts: readonly string[] = Object.keys(own)

export function pageText(locale: Locale, page: Page, answers: Answers): Told {
  const { kind, content } = page
  const { alert: issue, action, runbook } = content
  const over = kind === 'resolved'
  return {
    title: say(locale, 'title', { issue }),
    headline: headlineOf(locale, page),
    action: over || action === '' ? null : say(locale, 'action', { action }),
    runbook: over || runbook === null ? null : say(locale, 'runbook', { link: runbook }),
    answer: over ? null : answerOf(locale, answers),
  }
}

function headlineOf(locale: Locale, { kind, content, nextUpdateMs }: Page): string {
  const { alert: issue, account, count, summary } = content
  // What was written by an earlier version names the account only.
  const where =
    content.where ?? account ?? (count > 1 ? say(locale, 'several', { count }) : say(locale, 'fleet', {}))
  if (kind === 'resolved') return say(locale, 'resolved', { issue, where })
  const key = Object.hasOwn(own, issue) ? own[issue] : undefined
  const next = Math.max(1, Math.round(nextUpdateMs / 60_000))
  const headline = key
    ? say(locale, key, { where, next })
    : say(locale, 'other', { issue, where, summary }).trim()
  if (kind === 'worse') return say(locale, 'worse', { headline })
  return kind === 'repeat' ? say(locale, 'again', { headline }) : headline
}

function answerOf(locale: Locale, { link, reply }: Answers): string | null {
  const ways = [
    reply === null ? null : say(locale, 'reply', { code: reply }),
    link === null ? null : say(locale, 'link', { link }),
  ].filter((way) => way !== null)
  return ways.length === 0 ? null : ways.join('\n')
}
