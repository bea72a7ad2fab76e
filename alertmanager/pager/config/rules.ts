// What no single key of pager.yaml can be checked for: names that must exist, and people who must be reachable.

import type { Breach } from '../../../agent/config/list-rules.ts'
import { show } from '../../../agent/config/problems.ts'
import type { Path } from '../../../agent/config/tree.ts'
import type { ChannelName } from '../words.ts'
import { isName, namesAllowed } from './keys.ts'
import { type Parsed, type Receiver, reaches } from './schema.ts'

/** The receiver that is paged when a webhook names none that exists. */
export const defaultReceiver = 'default'

/** Every broken rule among the sections that are in themselves right. */
export function breaches(parsed: Partial<Parsed>): Breach[] {
  return [
    ...(['recipients', 'schedules', 'receivers'] as const).flatMap((section) =>
      names(section, parsed[section] ?? {}),
    ),
    ...references(parsed),
    ...schedules(parsed),
    ...phones(parsed),
    ...receivers(parsed),
    ...ports(parsed),
  ]
}

function names(section: string, group: object): Breach[] {
  return Object.keys(group)
    .filter((name) => !isName(name))
    .map((name) => ({ path: [section, name], found: show(name), allowed: namesAllowed }))
}

/** Only where the section of the names is right: otherwise each of them would be one more mistake. */
function references({ recipients, schedules, receivers, heartbeat }: Partial<Parsed>): Breach[] {
  const found: Breach[] = []
  const known = (path: Path, name: string, group: object | undefined, what: string): void => {
    if (group === undefined || Object.hasOwn(group, name)) return
    const all = Object.keys(group)
    const allowed = all.length === 0 ? `a name under ${what}:` : `one of ${what}: ${all.join(', ')}`
    found.push({ path, found: show(name), allowed })
  }
  const people = (path: Path, list: readonly string[]): void => {
    for (const [index, name] of list.entries()) known([...path, index], name, recipients, 'recipients')
  }
  for (const [name, { rotation, shifts }] of Object.entries(schedules ?? {})) {
    people(['schedules', name, 'rotation'], rotation)
    for (const [index, shift] of shifts.entries())
      people(['schedules', name, 'shifts', index, 'recipients'], shift.recipients)
  }
  for (const [name, receiver] of Object.entries(receivers ?? {})) {
    people(['receivers', name, 'recipients'], receiver.recipients)
    if (receiver.schedule !== null)
      known(['receivers', name, 'schedule'], receiver.schedule, schedules, 'schedules')
  }
  // That there is no default receiver is said once.
  if (heartbeat && heartbeat.receiver !== defaultReceiver)
    known(['heartbeat', 'receiver'], heartbeat.receiver, receivers, 'receivers')
  return found
}

/** An hour in which nobody is on call would be found out at the wrong moment. */
function schedules({ schedules = {} }: Partial<Parsed>): Breach[] {
  return Object.entries(schedules).flatMap(([name, { rotation, shifts }]) => [
    ...(rotation.length === 0
      ? [{ path: ['schedules', name, 'rotation'], found: 'nobody', allowed: 'at least one recipient' }]
      : []),
    ...shifts.flatMap(({ recipients }, index) =>
      recipients.length > 0
        ? []
        : [
            {
              path: ['schedules', name, 'shifts', index, 'recipients'],
              found: 'nobody',
              allowed: 'at least one recipient',
            },
          ],
    ),
  ])
}

/** A reply must say by itself whose it is. */
function phones({ recipients = {} }: Partial<Parsed>): Breach[] {
  const first = new Map<string, string>()
  return Object.entries(recipients).flatMap(([name, { phone }]) => {
    if (phone === null) return []
    const earlier = first.get(phone)
    if (earlier === undefined) {
      first.set(phone, name)
      return []
    }
    const allowed = `a number that ${earlier} does not have already`
    return [{ path: ['recipients', name, 'phone'], found: show(phone), allowed }]
  })
}

function receivers({ receivers, recipients, schedules, channels }: Partial<Parsed>): Breach[] {
  if (!receivers) return []
  const found: Breach[] = []
  if (!Object.hasOwn(receivers, defaultReceiver))
    found.push({
      path: ['receivers'],
      found: `no receiver called ${defaultReceiver}`,
      allowed: `one that is paged when a webhook names none that exists`,
    })
  for (const [name, receiver] of Object.entries(receivers)) {
    const path = ['receivers', name]
    if (receiver.channels.length === 0)
      found.push({ path: [...path, 'channels'], found: 'no channel', allowed: 'sms, voice or push' })
    if (receiver.recipients.length === 0 && receiver.schedule === null)
      found.push({ path, found: 'nobody to tell', allowed: 'recipients, a schedule, or both' })
    for (const channel of [...receiver.channels, ...receiver.fallback]) {
      const missing = missingOf(channel, channels)
      if (missing) found.push({ path, found: `${channel}, and no channels.${missing}`, allowed: missing })
    }
    if (recipients && channels)
      for (const person of peopleOf(receiver, schedules ?? {})) {
        const to = recipients[person]
        const ways = [...receiver.channels, ...receiver.fallback]
        if (to && ways.length > 0 && !ways.some((channel) => reaches({ channels }, to, channel)))
          found.push({
            path,
            found: `${person}, whom ${ways.join(' and ')} cannot reach`,
            allowed: `recipients with what the channels need: phone for sms and voice, fcm_token for push`,
          })
      }
  }
  return found
}

function missingOf(channel: ChannelName, channels: Parsed['channels'] | undefined): string | null {
  if (!channels) return null
  if (channel === 'push') return channels.fcm === null ? 'fcm' : null
  return channels.twilio === null ? 'twilio' : null
}

/** Everybody whom a receiver may come to. */
function peopleOf({ recipients, schedule }: Receiver, all: Parsed['schedules']): string[] {
  const rota = schedule === null ? undefined : all[schedule]
  const onCall = rota ? [...rota.rotation, ...rota.shifts.flatMap((shift) => shift.recipients)] : []
  return [...new Set([...recipients, ...onCall])]
}

function ports({ api, callbacks, metrics }: Partial<Parsed>): Breach[] {
  const all = Object.entries({ api, callbacks, metrics }).flatMap(([name, section]) =>
    section ? [{ name, ...section.listen }] : [],
  )
  return all.flatMap(({ name, host, port }, index) => {
    const wild = (text: string): boolean => text === '0.0.0.0' || text === '::'
    const other = all
      .slice(0, index)
      .find(
        (each) => each.port === port && port !== 0 && (each.host === host || wild(each.host) || wild(host)),
      )
    return other
      ? [
          {
            path: [name, 'listen'],
            found: `port ${port}`,
            allowed: `a port that ${other.name}.listen does not have`,
          },
        ]
      : []
  })
}
