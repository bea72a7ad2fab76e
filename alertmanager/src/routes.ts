// Routes and inhibition rules as Alertmanager reads them, made from the policy; nothing in here knows an address.

import type { Alert, Severity } from '../../prometheus/src/alert.ts'
import { type Inhibition, identity } from './inhibitions.ts'
import {
  bySeverity,
  type Channel,
  channels,
  channelsOf,
  cooldowns,
  exceptions,
  heardByPager,
  heartbeat,
  paged,
} from './policy.ts'

export interface Times {
  /** How long the first alert of a group waits for others. Every second of it is a second later. */
  readonly wait: string
  /** How long one that joins a group waits at most, and how long a failed sending waits for its next try. */
  readonly interval: string
  /** `repeat_interval`. */
  cooldownOf(channel: Channel, ofAlert?: string): string
  /** Of the heartbeat: how often it is looked at, and how old the last one must be. */
  readonly beat: { readonly interval: string; readonly repeat: string }
}

/** As shipped. Fifteen seconds may go for scrapes and rules and ten for `for`: these are what is left of half a minute. */
export const shipped: Times = {
  wait: '2s',
  interval: '5s',
  cooldownOf: (channel, ofAlert) =>
    paged.includes(channel) ? heardByPager : (ofAlert ?? cooldowns[channel]),
  // A repeat of exactly two intervals would miss every other one by a hair.
  beat: { interval: '30s', repeat: '55s' },
}

export interface Route {
  receiver: string
  matchers?: string[]
  group_by?: readonly string[]
  group_wait?: string
  group_interval?: string
  repeat_interval?: string
  continue?: boolean
  routes?: Route[]
}

/** On Slack and in mails the accounts of one alert stand together; a page is of one account, because it is acknowledged by itself. */
const together = ['alertname', 'job']
const apart = [...identity, 'webhook']

const anyOf = (label: string, values: readonly string[]): string =>
  values.length === 1 ? `${label}="${values[0]}"` : `${label}=~"${values.join('|')}"`
const noneOf = (label: string, values: readonly string[]): string =>
  values.length === 1 ? `${label}!="${values[0]}"` : `${label}!~"${values.join('|')}"`

/** The whole tree: the heartbeat by itself, then for each channel what severity says and what the exceptions say. */
export function routesOf(alerts: readonly Alert[], times: Times): Route {
  return {
    // Whatever no route below names, so that nothing is told to nobody.
    receiver: 'slack',
    group_by: together,
    group_wait: times.wait,
    group_interval: times.interval,
    repeat_interval: times.cooldownOf('slack'),
    routes: [
      {
        receiver: 'heartbeat',
        matchers: [`alertname="${heartbeat}"`],
        group_by: ['alertname'],
        group_wait: '0s',
        group_interval: times.beat.interval,
        repeat_interval: times.beat.repeat,
      },
      ...channels.flatMap((channel) => routesBy(channel, alerts, times)),
    ],
  }
}

/** An alert that the policy excepts, as one channel sees it. */
interface Special {
  name: string
  /** Tiers that are told; all where it is empty. */
  tiers: string[]
  cooldown: string
  told: boolean
}

function routesBy(channel: Channel, alerts: readonly Alert[], times: Times): Route[] {
  const usual = times.cooldownOf(channel)
  const special = Object.keys(exceptions).flatMap((name) => {
    const found = specialOf(name, channel, alerts, times)
    return found ? [found] : []
  })
  const route = (matchers: string[], cooldown: string): Route => ({
    receiver: channel,
    ...(matchers.length > 0 ? { matchers } : {}),
    ...(paged.includes(channel) ? { group_by: apart } : {}),
    repeat_interval: cooldown,
    continue: true,
  })
  // Those that differ in nothing share a route; each name is a group of its own all the same.
  const shared = Map.groupBy(
    special.filter(({ told }) => told),
    ({ tiers, cooldown }) => `${tiers} ${cooldown}`,
  )
  const own = [...shared.values()].map((alike) => {
    const [{ tiers, cooldown }] = alike as [Special]
    const names = anyOf(
      'alertname',
      alike.map(({ name }) => name),
    )
    return route(tiers.length === 0 ? [names] : [names, anyOf('tier', tiers)], cooldown)
  })
  const severities = (Object.keys(bySeverity) as Severity[]).filter((each) =>
    bySeverity[each].includes(channel),
  )
  if (severities.length === 0) return own
  // Where every severity is told, so is an alert without one.
  const all = severities.length === Object.keys(bySeverity).length
  const others = special.map(({ name }) => name)
  const general = [
    ...(all ? [] : [anyOf('severity', severities)]),
    ...(others.length > 0 ? [noneOf('alertname', others)] : []),
  ]
  return [route(general, usual), ...own]
}

/** Null where severity alone would do the same by this channel. */
function specialOf(name: string, channel: Channel, alerts: readonly Alert[], times: Times): Special | null {
  const tiers = alerts.filter((alert) => alert.name === name)
  const told = tiers.filter((alert) => channelsOf(alert).includes(channel))
  const cooldown = times.cooldownOf(channel, exceptions[name]?.cooldown)
  const asUsual = tiers.every(
    (alert) => told.includes(alert) === bySeverity[alert.severity].includes(channel),
  )
  if (asUsual && (told.length === 0 || cooldown === times.cooldownOf(channel))) return null
  const named = told.length === tiers.length ? [] : told.flatMap(({ tier }) => tier ?? [])
  return { name, tiers: named, cooldown, told: told.length > 0 }
}

/** Rules of inhibition: each tier hushes the lower ones of the same alert, then those that are written down. */
export function inhibitRules(alerts: readonly Alert[], written: readonly Inhibition[]): object[] {
  const tiers = [...new Set(alerts.flatMap(({ tier }) => tier ?? []))].sort()
  const lower = tiers.slice(0, -1).map((tier) => ({
    source_matchers: [
      anyOf(
        'tier',
        tiers.filter((other) => other > tier),
      ),
    ],
    target_matchers: [`tier="${tier}"`],
    equal: identity,
  }))
  const of = (names: readonly string[], severity: Severity | undefined): string[] => [
    anyOf('alertname', names),
    ...(severity ? [`severity="${severity}"`] : []),
  ]
  const others = written.map(({ source, sourceSeverity, target, targetSeverity, equal }) => ({
    source_matchers: of(source, sourceSeverity),
    target_matchers: of(target, targetSeverity),
    equal,
  }))
  return [...lower, ...others]
}
