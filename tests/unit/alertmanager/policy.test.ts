// Who is told of what: the table says what was asked for, forgets no alert, and hushes nothing that is more urgent than what hushes it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Inhibition, inhibitions } from '../../../alertmanager/src/inhibitions.ts'
import { channelsOf, cooldowns, exceptions, heartbeat, paged } from '../../../alertmanager/src/policy.ts'
import type { Severity } from '../../../prometheus/src/alert.ts'
import { alerts } from '../../../prometheus/src/groups/index.ts'
import { thresholds } from '../../../prometheus/src/thresholds.ts'
import { alertOf, labelsWhenFiring } from '../../harness/alert-samples.ts'

const names = new Set(alerts.map(({ name }) => name))
const ranks: readonly Severity[] = ['info', 'warning', 'critical']

describe('the policy', () => {
  it.each([
    ['QrRegenerationFailed', undefined, ['slack', 'sms']],
    ['ConnectionLost', '1', ['slack', 'email']],
    ['ConnectionLost', '2', ['slack', 'email', 'sms']],
    ['ConnectionLost', '3', ['slack', 'email', 'voice']],
    ['HealthDropped', undefined, ['slack']],
    ['SessionLoggedOut', undefined, ['slack', 'email', 'sms', 'push']],
    ['SessionFlapping', undefined, ['slack']],
    ['FailoverHappened', undefined, ['slack']],
    ['AgentDown', '2', ['slack', 'email', 'voice']],
    ['PagerDown', undefined, ['slack', 'email']],
    ['Watchdog', undefined, []],
  ])('tells of %s %s by %j', (name, tier, expected) => {
    expect(channelsOf(alertOf(name, tier))).toEqual(expected)
  })

  it('keeps the times that were asked for', () => {
    expect(thresholds.lost).toEqual(['10s', '5m', '15m'])
    expect(cooldowns).toMatchObject({ sms: '1h', email: '30m', slack: '10m' })
    expect(exceptions.QrRegenerationFailed?.cooldown).toBe('1h')
  })

  it('tells somebody of every alert but the heartbeat', () => {
    for (const alert of alerts)
      expect(channelsOf(alert).length > 0, alert.name).toBe(alert.name !== heartbeat)
  })

  it('tells a higher tier to whoever reads the lower one, and pages for it where the lower one did', () => {
    for (const alert of alerts) {
      const told = channelsOf(alert)
      const lower = alerts.filter(
        ({ name, tier }) => name === alert.name && (tier ?? '') < (alert.tier ?? ''),
      )
      const before = new Set(lower.flatMap((each) => channelsOf(each)))
      for (const channel of before) if (!paged.includes(channel)) expect(told, alert.name).toContain(channel)
      if (paged.some((channel) => before.has(channel)))
        expect(
          told.some((channel) => paged.includes(channel)),
          alert.name,
        ).toBe(true)
    }
  })

  it('is written down in docs/alerting.md', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../docs/alerting.md'), 'utf8')
    for (const name of [...Object.keys(exceptions), heartbeat])
      if (name !== 'HealthDropped') expect(text).toContain(`\`${name}\``)
    expect(text).toContain('after 10 min on Slack, 30 min by e-mail and 1 h by the pager')
  })

  it('excepts only alerts and tiers that exist, and all tiers of them', () => {
    for (const [name, { tiers }] of Object.entries(exceptions)) {
      const own = alerts.filter((alert) => alert.name === name).map(({ tier = '' }) => tier)
      expect(Object.keys(tiers).sort(), name).toEqual(own)
    }
  })
})

describe('inhibition', () => {
  const each = inhibitions.map((rule) => [`${rule.source} hush ${rule.target}`, rule] as const)
  const of = (list: readonly string[], severity?: Severity) =>
    alerts.filter((alert) => list.includes(alert.name) && alert.severity === (severity ?? alert.severity))
  const sources = ({ source, sourceSeverity }: Inhibition) => of(source, sourceSeverity)
  const targets = ({ target, targetSeverity }: Inhibition) => of(target, targetSeverity)

  it.each(each)('%s: of alerts that exist, and no alert itself', (_, rule) => {
    for (const name of [...rule.source, ...rule.target]) expect(names).toContain(name)
    expect(rule.source.filter((name) => rule.target.includes(name))).toEqual([])
    expect(rule.source).not.toContain(heartbeat)
    expect(sources(rule).length * targets(rule).length).toBeGreaterThan(0)
  })

  it.each(each)('%s: nothing is hushed that is more severe than the source', (_, rule) => {
    const least = Math.min(...sources(rule).map(({ severity }) => ranks.indexOf(severity)))
    for (const { name, severity } of targets(rule))
      expect(ranks.indexOf(severity), name).toBeLessThanOrEqual(least)
  })

  it.each(each)(
    '%s: both sides have the labels by which they are compared',
    (_, { source, target, equal }) => {
      for (const name of [...source, ...target])
        expect(Object.keys(labelsWhenFiring({ name }))).toEqual(expect.arrayContaining([...equal]))
    },
  )

  it('goes in no circle: two alerts never hush each other', () => {
    const pairs = inhibitions.flatMap((rule) =>
      sources(rule).flatMap((source) => targets(rule).map((target) => [source.name, target.name] as const)),
    )
    for (const [source, target] of pairs)
      expect(
        pairs.some(([other, back]) => other === target && back === source),
        `${source} and ${target}`,
      ).toBe(false)
  })
})
