// `linda silence`: keeps alerts from being told for a while, and never all of them, for ever, or the heartbeat by mistake.

import { formatDuration, parseDuration } from '../config/durations.ts'
import { alertmanagerUrl, askAlertmanager } from './alertmanager-api.ts'
import { answering } from './answering.ts'
import { AskError } from './ask-error.ts'
import type { CommandIo } from './io.ts'
import { listing } from './table.ts'

interface Matcher {
  name: string
  value: string
  isRegex: boolean
  isEqual?: boolean
}

interface Silence {
  id: string
  status: { state: 'active' | 'pending' | 'expired' }
  matchers: Matcher[]
  startsAt: string
  endsAt: string
  createdBy: string
  comment: string
}

interface Common {
  json: boolean
  alertmanager?: string | undefined
}

export interface Addition extends Common {
  account?: string | undefined
  pool?: string | undefined
  alert?: string | undefined
  for: string
  comment: string
  author?: string | undefined
  force: boolean
}

const shortestMs = 60_000
const longestMs = 30 * 86_400_000
/** What stops coming is paged as the loss of the whole way from Prometheus to the pager. */
const heartbeat = 'Watchdog'

const forms = {
  account: {
    form: /^[a-z][a-z0-9-]{1,31}$/,
    allowed: 'an account id, such as uae-1: alerts carry no phone number',
  },
  pool: { form: /^[a-z][a-z0-9-]{1,31}$/, allowed: 'the id of a pool, such as sales' },
  alert: { form: /^[A-Za-z_][A-Za-z0-9_]*$/, allowed: 'the name of an alert, such as ConnectionLost' },
} as const

/** Status 1 when Alertmanager does not answer, 2 when it refuses or the silence would be too wide; so for every command here. */
export function addSilence(addition: Addition, io: CommandIo): Promise<number> {
  return answering(io, async () => {
    const url = alertmanagerUrl(addition.alertmanager, io)
    const matchers = matchersOf(addition)
    const lasts = lastsOf(addition)
    const comment = addition.comment.trim()
    if (comment === '' || comment.length > 500)
      throw wrong(
        '--comment',
        comment === '' ? 'nothing' : `${comment.length} characters`,
        'up to 500 characters',
      )
    const startsAt = new Date()
    const endsAt = new Date(startsAt.getTime() + lasts)
    const createdBy = addition.author ?? io.env.USER ?? 'linda'
    const { silenceID } = (await askAlertmanager(url, '/silences', {
      method: 'POST',
      body: { matchers, startsAt, endsAt, createdBy, comment },
    })) as { silenceID?: string }
    if (!silenceID) throw new AskError(`what answers at ${url} is no Alertmanager`, 1)
    const filter = matchers
      .map(({ name, value }) => `filter=${encodeURIComponent(`${name}="${value}"`)}`)
      .join('&')
    const now = (await askAlertmanager(url, `/alerts?${filter}`)) as unknown[]
    const answer = { id: silenceID, matchers: matchers.map(text), endsAt, alertsNow: now.length }
    if (addition.json) return answer
    const many =
      now.length === 1 ? '1 alert that fires now is' : `${now.length || 'no'} alerts that fire now are`
    return `${silenceID}: ${answer.matchers.join(', ')} until ${endsAt.toISOString()}; ${many} silenced\n`
  })
}

/** @param all those that are over, too */
export function listSilences(
  { all, json, alertmanager }: Common & { all: boolean },
  io: CommandIo,
): Promise<number> {
  return answering(io, async () => {
    const found = (await askAlertmanager(alertmanagerUrl(alertmanager, io), '/silences')) as Silence[]
    const shown = found
      .filter(({ status }) => all || status.state !== 'expired')
      .sort((a, b) => a.endsAt.localeCompare(b.endsAt))
    if (json) return { silences: shown }
    const rows = shown.map(({ id, status, endsAt, createdBy, matchers, comment }) =>
      [id, status.state, endsAt, createdBy, matchers.map(text).join(', '), comment].map(plain),
    )
    return listing(io, ['ID', 'STATE', 'ENDS', 'BY', 'WHAT', 'COMMENT'], rows, {
      yields: [{ shorten: 'ENDS' }, { shorten: 'COMMENT' }, { shorten: 'WHAT' }, 'BY', 'STATE', 'COMMENT'],
      none: 'nothing is silenced',
    })
  })
}

/** Ends one at once. */
export function expireSilence(id: string, { json, alertmanager }: Common, io: CommandIo): Promise<number> {
  return answering(io, async () => {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
      throw wrong('id', JSON.stringify(id), 'an id that linda silence list shows')
    const url = alertmanagerUrl(alertmanager, io)
    // Asked first, because versions differ in what they answer about an id that nobody has.
    const all = (await askAlertmanager(url, '/silences')) as Silence[]
    const found = all.find((silence) => silence.id === id.toLowerCase())
    if (!found) throw wrong('id', id, 'an id that linda silence list shows')
    if (found.status.state === 'expired') throw wrong('id', `${id}, which is over`, 'one that is not over')
    await askAlertmanager(url, `/silence/${id}`, { method: 'DELETE' })
    return json ? { id, expired: true } : `${id}: over\n`
  })
}

function matchersOf({ force, ...names }: Addition): Matcher[] {
  const labels = { account: 'account', pool: 'pool', alert: 'alertname' } as const
  const matchers = Object.entries(forms).flatMap(([option, { form, allowed }]) => {
    const value = names[option as keyof typeof forms]
    if (value === undefined) return []
    if (!form.test(value)) throw wrong(`--${option}`, JSON.stringify(value), allowed)
    return [{ name: labels[option as keyof typeof forms], value, isRegex: false, isEqual: true }]
  })
  if (matchers.length === 0)
    throw wrong(
      'silence',
      'neither --account nor --pool nor --alert',
      'at least one: it would hush everything',
    )
  if (names.alert === heartbeat && !force)
    throw wrong(
      '--alert',
      heartbeat,
      `another one: the pager pages when ${heartbeat} stops; --force does it all the same`,
    )
  return matchers
}

function lastsOf({ for: duration, force }: Addition): number {
  const ms = parseDuration(duration)
  if (ms === null || ms < shortestMs || ms > 366 * 86_400_000)
    throw wrong('--for', JSON.stringify(duration), 'a duration from 1m to 30d, such as 2h')
  if (ms > longestMs && !force)
    throw wrong('--for', duration, `up to ${formatDuration(longestMs)}, up to 366d with --force`)
  return ms
}

const wrong = (place: string, found: string, allowed: string): AskError =>
  new AskError(`${place}: found ${found}, allowed: ${allowed}`, 2)

const text = ({ name, value, isRegex, isEqual = true }: Matcher): string =>
  `${name}${isEqual ? '=' : '!'}${isRegex ? '~' : isEqual ? '' : '='}${JSON.stringify(value)}`

/** What others wrote does not move the cursor. */
const plain = (cell: string): string => cell.replaceAll(/\p{Cc}+/gu, ' ')
