// amtool takes the shipped configuration, and finds that every alert reaches the receivers that the policy names, each of them once.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadPagerConfig } from '../../../alertmanager/pager/config/load.ts'
import { channelsOf, cooldowns, heardByPager, heartbeat, paged } from '../../../alertmanager/src/policy.ts'
import type { Route } from '../../../alertmanager/src/routes.ts'
import type { Alert } from '../../../prometheus/src/alert.ts'
import { alerts, files } from '../../../prometheus/src/groups/index.ts'
import { secondsOf } from '../../../prometheus/src/promql.ts'
import { thresholds } from '../../../prometheus/src/thresholds.ts'
import { documents } from '../../../scripts/docs/alertmanager.ts'
import { posted } from '../../harness/alert-samples.ts'
import { hasAlertmanager } from '../../harness/alertmanager.ts'

const root = join(import.meta.dirname, '../../..')
const file = join(root, 'alertmanager/alertmanager.yml')
const text = readFileSync(file, 'utf8')
const config = parse(text) as { route: Route; receivers: { name: string }[] }
const routes = config.route.routes ?? []

/** What it says on standard error is shown when it fails. */
const amtool = (...args: string[]): { status: number | null; output: string } => {
  const { status, stdout, stderr } = spawnSync('amtool', args)
  return { status, output: String(status === 0 ? stdout : stderr).trim() }
}
/** Receivers in the order of the routes, as often as they are told. */
const receivers = (labels: Readonly<Record<string, string>>): string[] => {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`)
  const { status, output } = amtool('config', 'routes', 'test', `--config.file=${file}`, ...pairs)
  expect(status, output).toBe(0)
  return output.split(',')
}

describe('alertmanager.yml', () => {
  it('is what alertmanager/src makes', () => {
    expect(text === documents()[0]?.text, 'make it with: npm run docs').toBe(true)
  })

  it('holds no secret and no address that only one machine has', () => {
    expect(text).not.toMatch(/hooks\.slack\.com|(password|token|credentials|api_url): /)
  })

  it('repeats by each channel after its cooldown, to the pager more often, and the heartbeat within the minute', () => {
    for (const { receiver, matchers, repeat_interval } of routes) {
      if (receiver === 'heartbeat') expect(secondsOf(repeat_interval as string)).toBeLessThan(60)
      else if (paged.some((each) => each === receiver)) expect(repeat_interval).toBe(heardByPager)
      else if (matchers?.includes('alertname="QrRegenerationFailed"')) expect(repeat_interval).toBe('1h')
      else expect(repeat_interval).toBe(cooldowns[receiver as keyof typeof cooldowns])
    }
  })

  it('tells people by the pager again after the cooldown of the policy, and not before', () => {
    const config = loadPagerConfig({ path: join(root, 'pager.example.yaml'), env: {}, cwd: root })
    const heardMs = secondsOf(heardByPager) * 1_000
    for (const { cooldownMs } of Object.values(config.receivers))
      expect((Math.floor(cooldownMs / heardMs) + 1) * heardMs).toBe(secondsOf(cooldowns.sms) * 1_000)
  })

  it('leaves half a minute from a lost connection to its notification', () => {
    const prometheus = parse(readFileSync(join(root, 'prometheus/prometheus.yml'), 'utf8'))
    const scrape = secondsOf(prometheus.scrape_configs[0].scrape_interval)
    const rules = secondsOf(files.sessions?.[0]?.interval as string)
    const before = scrape + rules + secondsOf(thresholds.lost[0])
    const { group_wait, group_interval } = config.route
    expect(before + secondsOf(group_wait as string)).toBeLessThan(30)
    expect(before + secondsOf(group_interval as string)).toBeLessThanOrEqual(30)
  })

  it('keeps pages of different accounts apart, and puts the accounts of an alert together elsewhere', () => {
    expect(config.route.group_by).not.toContain('account')
    for (const { receiver, group_by } of routes)
      if (['sms', 'push', 'voice'].includes(receiver))
        expect(group_by).toEqual(expect.arrayContaining(['account', 'pool', 'instance']))
  })
})

describe.skipIf(!hasAlertmanager)('amtool', () => {
  it('takes the configuration', () => {
    const { status, output } = amtool('check-config', file)
    expect(status, output).toBe(0)
    expect(output).toContain(`${config.receivers.length} receivers`)
    expect(output).toContain('1 templates')
  })

  const each = alerts.map((alert): [string, Alert] => [`${alert.name} ${alert.tier ?? ''}`.trim(), alert])
  it.each(each)('finds the receivers of %s', (_, alert) => {
    const expected = alert.name === heartbeat ? ['heartbeat'] : [...channelsOf(alert)]
    expect(receivers(posted(alert).labels)).toEqual(expected)
  })

  it.each([
    [{ alertname: 'Own', severity: 'critical' }, ['slack', 'email', 'sms', 'push']],
    [{ alertname: 'Own', severity: 'warning' }, ['slack']],
    [{ alertname: 'Own', severity: 'page' }, ['slack']],
    [{ alertname: 'Own' }, ['slack']],
  ])('finds somebody for an alert that is not ours: %j', (labels, expected) => {
    expect(receivers(labels)).toEqual(expected)
  })
})
