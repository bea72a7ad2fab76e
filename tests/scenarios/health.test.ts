// Health on the wire: a session that says open and is dead is capped at once, and what is wrong has a name and an end.

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RollingCounts } from '../../agent/health/counts.ts'
import { KeptCounts } from '../../agent/health/kept-counts.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

const WITHIN_MS = 5_000

describe('health', () => {
  let scene: Scene
  const phone = (account: string): string => scene.phones.get(account) as string
  const report = (account: string) => scene.context.monitor.report(account)
  const issuesOf = (account: string) => report(account)?.findings.map(({ issue }) => issue) ?? []

  beforeAll(async () => {
    scene = await openScene({ paired: 12, unpaired: 1, config: { health: { interval: '1s' } } })
    await until(
      'the paired ones are up',
      () => scene.context.fleet.accounts().filter(({ up }) => up).length === 12,
    )
  }, 60_000)
  afterAll(() => scene?.close())

  it('a session that stalls under traffic is a zombie, capped within 5 s, while the library says open', async () => {
    let over = false
    const traffic = (async () => {
      for (let i = 0; !over; i++) {
        const body = JSON.stringify({ account: 'p1', to: '+447947000001', text: `still there? ${i}` })
        void scene
          .ask('/api/messages', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
          .catch(() => {})
        await sleep(250)
      }
    })()
    try {
      await until('messages flow', () => scene.events.of('message.acked', 'p1').length >= 5)
      await until('it is healthy', () => report('p1')?.status === 'healthy')
      await scene.simulator.client.fault({
        account: phone('p1'),
        fault: { kind: 'half-open' },
        forMs: 20_000,
      })
      const struckAt = Date.now()
      await until(
        'p1 is capped',
        () => report('p1')?.caps.some(({ name }) => name === 'zombie'),
        2 * WITHIN_MS,
      )
      const lost = scene.events.of('session.evidence-lost', 'p1').at(-1)
      const changed = scene.events.of('health.status-changed', 'p1').at(-1)
      expect(changed).toMatchObject({ from: 'healthy', to: 'unhealthy', caps: ['zombie'] })
      expect((changed?.at ?? 0) - struckAt).toBeLessThan(WITHIN_MS)
      expect(report('p1')?.score).toBeLessThanOrEqual(25)
      expect(issuesOf('p1')).toContain('ZOMBIE_SESSION')
      // Nobody but the agent had closed it: until the evidence was missed, the library believed in it.
      const closes = scene.events.of('session.closed', 'p1').filter(({ at }) => at >= struckAt)
      expect(closes[0]?.at).toBeGreaterThanOrEqual(lost?.at ?? Number.POSITIVE_INFINITY)
      expect(closes[0]?.reason).toBe('stalled')
    } finally {
      over = true
      await traffic
    }
    await until('p1 is itself again', () => report('p1')?.caps.length === 0, 60_000)
    expect(scene.events.of('diagnosis.cleared', 'p1').map(({ issue }) => issue)).toContain('ZOMBIE_SESSION')
  }, 110_000)

  it('an account that waits to be linked cannot be healthy, and a logged-out one is worth nothing', async () => {
    await until('n1 is capped', () => report('n1')?.caps[0]?.name === 'pairing')
    await scene.simulator.client.logout(phone('p2'))
    await until('p2 is worth nothing', () => report('p2')?.score === 0)
    expect(issuesOf('p2')).toEqual(['SESSION_ENDED'])
    const answer = await (await scene.ask('/api/dashboard/health-score')).json()
    expect(answer).toMatchObject({
      accounts: expect.arrayContaining([
        expect.objectContaining({ account: 'p2', healthScore: 0, status: 'UNHEALTHY' }),
      ]),
    })
    const quick = await (await scene.ask('/api/diagnoses/p3')).json()
    expect(quick).toMatchObject({ accountStatus: { account: 'p3', diagnostic: 'OPTIMAL', issues: [] } })
    const all = (await (await scene.ask('/api/diagnoses')).json()) as { diagnoses: { issue: string }[] }
    expect(all.diagnoses.find(({ issue }) => issue === 'SESSION_ENDED')).toMatchObject({
      severity: 'CRITICAL',
      affectedAccounts: ['p2'],
    })
  }, 30_000)

  it('a check by hand asks every open session and says which are alive', async () => {
    const answer = await scene.ask('/api/health/check', { method: 'POST' })
    const body = (await answer.json()) as {
      checked: number
      alive: number
      accounts: { account: string; alive: boolean }[]
    }
    expect(body.checked).toBe(13)
    const dead = body.accounts.filter(({ alive }) => !alive).map(({ account }) => account)
    expect(dead).toEqual(['p2', 'n1'])
    const one = await scene.ask('/api/health/check', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ phoneNumber: phone('p3') }),
    })
    expect(await one.json()).toMatchObject({ checked: 1, alive: 1 })
  }, 30_000)

  it('is in the metrics, with one series for each diagnosis that holds', async () => {
    const text = await (await fetch(`${scene.agent.metricsUrl}/metrics`)).text()
    expect(text).toContain('whatsapp_health_score{account="p2"} 0\n')
    expect(text).toContain(
      'whatsapp_diagnosis_active{account="p2",issue="SESSION_ENDED",severity="CRITICAL"} 1\n',
    )
    expect(text).toMatch(/whatsapp_health_factor_score\{account="p3",factor="uptime"\} 100\n/)
    expect(text).toMatch(/whatsapp_fleet_health_score [\d.]+\n/)
    expect(text).not.toContain('whatsapp_diagnosis_active{account="p3"')
  })

  it('keeps the history that proves it', async () => {
    const query = '/api/events?account=p1&type=health.scored&limit=100'
    const kept = await until('the samples are kept', async () => {
      const { events } = (await (await scene.ask(query)).json()) as {
        events: { caps: string[]; score: number }[]
      }
      return events.some(({ caps }) => caps.includes('zombie')) ? events : null
    })
    expect(kept.find(({ caps }) => caps.includes('zombie'))?.score).toBeLessThanOrEqual(25)
  }, 20_000)

  it('what was counted is in the store after every pass, for the next process', async () => {
    const { sql, bus, monitor } = scene.context
    const kept = async (): Promise<RollingCounts> => {
      const counts = new RollingCounts()
      const parts = { sql, bus, accounts: () => ['p1'], counts: () => counts }
      await new KeptCounts(parts).recall(['p1'])
      return counts
    }
    const now = performance.now()
    const { acks } = monitor.counts('p1').sums(now)
    expect(acks).toBeGreaterThanOrEqual(5)
    await until('it is written', async () => (await kept()).sums(now).acks >= acks)
    expect((await kept()).sums(now).upMs).toBeGreaterThan(0)
    expect(scene.events.of('health.not-kept')).toEqual([])
  }, 20_000)

  it('tells from it how the account came back', async () => {
    const about = await until('the recovery is kept', async () => {
      const answer = (await (await scene.ask('/api/analytics/p1?period=1h')).json()) as {
        outages: number
        meanTimeToRecovery: number | null
        recoverySuccessRate: number | null
        reliability: number
      }
      return answer.meanTimeToRecovery === null ? null : answer
    })
    expect(about.outages).toBeGreaterThanOrEqual(1)
    expect(about.meanTimeToRecovery).toBeGreaterThan(0)
    expect(about.recoverySuccessRate).toBe(1)
    expect(about.reliability).toBeGreaterThan(0)
    expect(about.reliability).toBeLessThan(1)
    const trend = (await (await scene.ask('/api/health/trends/p1?period=1h')).json()) as { samples: object[] }
    expect(trend.samples.length).toBeGreaterThan(0)
    expect((await scene.ask('/api/analytics/p1?period=yesterday')).status).toBe(400)
  }, 20_000)
})
