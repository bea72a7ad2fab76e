// The shipped alerts, with shorter times, on a real Prometheus that scrapes a living agent: quiet while all is well, and right when it is not.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mintMessageId } from '../../agent/session/message-id.ts'
import type { Alert } from '../../prometheus/src/alert.ts'
import { files } from '../../prometheus/src/groups/index.ts'
import { secondsOf } from '../../prometheus/src/promql.ts'
import { renderRules } from '../../prometheus/src/render/rules.ts'
import { hasPrometheus, type Prometheus, startPrometheus } from '../harness/prometheus.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

/** A minute is a second. Prometheus takes five seconds until it hands out its first targets: until then an agent really is absent. */
const forOf = ({ name, for: holds }: Alert): string | undefined =>
  name === 'AgentAbsent' ? '15s' : holds && `${Math.max(1, Math.round(secondsOf(holds) / 60))}s`

interface Firing {
  labels: Record<string, string>
  annotations: Record<string, string>
}

describe.skipIf(!hasPrometheus)('alerts', () => {
  const directory = mkdtempSync(join(tmpdir(), 'linda-rules-'))
  let scene: Scene
  let prometheus: Prometheus
  const phone = (account: string): string => scene.phones.get(account) as string
  const session = (account: string) => {
    const found = scene.context.fleet.find(account)?.session
    if (!found) throw new Error(`no ${account}`)
    return found
  }

  async function firing(name: string, labels: Record<string, string>): Promise<Firing | undefined> {
    const { alerts } = (await prometheus.get('/api/v1/alerts')) as { alerts: (Firing & { state: string })[] }
    const wanted = Object.entries({ alertname: name, ...labels })
    return alerts.find(
      (alert) => alert.state === 'firing' && wanted.every(([label, value]) => alert.labels[label] === value),
    )
  }
  const fires = (name: string, labels: Record<string, string>, withinMs = 20_000): Promise<Firing> =>
    until(`${name} ${JSON.stringify(labels)} fires`, () => firing(name, labels), withinMs)

  beforeAll(async () => {
    scene = await openScene({
      paired: 8,
      unpaired: 2,
      settings: { codeLifeMs: 700 },
      simulator: { refFirstMs: 700, refNextMs: 700 },
      config: { pairing: { regenerations: 1, base: '2500ms', min: '1s', max: '4s' } },
    })
    await until('all that are linked are up', () =>
      [1, 2, 3, 4, 5, 6, 7, 8].every((n) => session(`p${n}`).snapshot.up),
    )
    for (const [name, groups] of Object.entries(files))
      writeFileSync(join(directory, `${name}.yml`), renderRules(groups, { forOf, interval: '1s' }))
    const targets = [new URL(scene.agent.metricsUrl).host]
    prometheus = await startPrometheus({
      rule_files: [join(directory, '*.yml')],
      scrape_configs: [
        { job_name: 'linda', scrape_interval: '1s', scrape_timeout: '1s', static_configs: [{ targets }] },
      ],
    })
  }, 60_000)
  afterAll(async () => {
    await prometheus?.close()
    await scene?.close()
    rmSync(directory, { recursive: true, force: true })
  })

  it('say nothing but that they live while the fleet is well, accounts that nobody has linked included', async () => {
    await until(
      'they were evaluated for a while',
      async () => {
        const lived = await prometheus.query('count_over_time(ALERTS{alertname="Watchdog"}[2m])')
        return (lived.get('') ?? 0) >= 20
      },
      60_000,
    )
    const ever = await prometheus.query('max_over_time(ALERTS{alertstate="firing"}[2m])', 'alertname')
    expect([...ever.keys()]).toEqual(['Watchdog'])
    const wanted = await prometheus.query('linda:session_up:wanted', 'account')
    expect([...wanted.keys()].sort()).toEqual(['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8'])
    expect((await prometheus.query('linda:session_errors:ratio_5m')).get('')).toBe(0)
  }, 90_000)

  it('a lost connection in tiers, each more urgent', async () => {
    await scene.simulator.client.fault({ account: phone('p1'), fault: { kind: 'no-success' } })
    await scene.simulator.client.fault({ account: phone('p1'), fault: { kind: 'reset' } })
    const first = await fires('ConnectionLost', { account: 'p1', tier: '1', severity: 'warning' })
    expect(await firing('ConnectionLost', { account: 'p1', tier: '3' })).toBeUndefined()
    expect(first.annotations.description).toMatch(/^Account p1 on 127\.0\.0\.1:\d+ is not up: 0\.$/)
    expect(first.annotations.runbook_url).toMatch(/\/docs\/runbooks\/ConnectionLost\.md$/)
    await fires('ConnectionLost', { account: 'p1', tier: '2', severity: 'critical' })
    await fires('ConnectionLost', { account: 'p1', tier: '3', severity: 'critical' }, 40_000)
    expect(await firing('ConnectionLost', { account: 'p5' })).toBeUndefined()
  }, 90_000)

  it('a session that says open and is dead', async () => {
    let n = 0
    const write = (): void => {
      const to = `44794600010${n++ % 3}@s.whatsapp.net`
      session('p2')
        .send({ messageId: mintMessageId(), to, text: `n ${n}` })
        .catch(() => {})
    }
    write()
    const traffic = setInterval(write, 1_000)
    try {
      await scene.events.first('message.acked', { account: 'p2' })
      await scene.simulator.client.fault({
        account: phone('p2'),
        fault: { kind: 'half-open' },
        forMs: 10_000,
      })
      // The first event of that series: it was not there before.
      await fires('SessionZombie', { account: 'p2', tier: '1' })
    } finally {
      clearInterval(traffic)
    }
  }, 45_000)

  it('an account that WhatsApp restricts, and one that it has unlinked', async () => {
    const fault = { kind: 'timelock', seconds: 60, nack: true } as const
    await scene.simulator.client.fault({ account: phone('p3'), fault })
    await session('p3')
      .send({ messageId: mintMessageId(), to: '447946000200@s.whatsapp.net', text: 'reach out' })
      .catch(() => {})
    await scene.simulator.client.logout(phone('p4'))
    await fires('AccountRestricted', { account: 'p3', kind: 'reachout-timelock' })
    await fires('SessionLoggedOut', { account: 'p4' })
  }, 45_000)

  it('codes that were shown in vain, until somebody resets', async () => {
    const looking = setInterval(() => session('n2').viewCode(), 50)
    try {
      await fires('QrRegenerationFailed', { account: 'n2', severity: 'critical' }, 60_000)
    } finally {
      clearInterval(looking)
    }
    await session('n2').restart()
    await until('it is over', async () => !(await firing('QrRegenerationFailed', { account: 'n2' })))
    // The other one is as it was: waiting, and nobody's trouble.
    expect(session('n1').state).toBe('waiting')
    for (const name of ['ConnectionLost', 'HealthLow', 'PairingRequired'])
      expect(await firing(name, { account: 'n1' })).toBeUndefined()
  }, 90_000)

  it('an agent that does not answer, whose accounts are then down', async () => {
    await scene.agent.stop('test')
    await fires('AgentDown', { job: 'linda' })
    const counted = async (account: string) =>
      (await prometheus.query('linda:session_up:wanted', 'account')).get(account)
    await until('p5 counts as down', async () => (await counted('p5')) === 0)
    expect(await counted('n1')).toBeUndefined()
  }, 45_000)
})
