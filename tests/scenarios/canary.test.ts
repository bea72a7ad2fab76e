// Test messages on the wire: idle accounts hear one another and nobody else learns of it; a session that hears nothing is called deaf while it says open.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canaryText } from '../../agent/health/canary/text.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

describe('test messages', () => {
  let scene: Scene
  const inbound: { account: string; text: string | null }[] = []
  const phone = (account: string): string => scene.phones.get(account) as string
  const report = (account: string) => scene.context.monitor.report(account)
  const probed = (account: string, outcome: string) =>
    scene.events.of('canary.probed', account).filter((event) => event.outcome === outcome)

  beforeAll(async () => {
    scene = await openScene({
      paired: 3,
      config: { health: { interval: '1s', canary: 'on' } },
      overrides: {
        onInbound: (account, { text }) => inbound.push({ account, text }),
        canary: { intervalMs: 1_500, spacingMs: 300, deadlineMs: 1_500, lookEveryMs: 100 },
      },
    })
    await scene.allUp()
  }, 60_000)
  afterAll(() => scene?.close())

  it('pass between idle accounts, are measured, and reach no handler', async () => {
    for (const account of ['p1', 'p2', 'p3'])
      await until(`${account} hears`, () => probed(account, 'received').length > 0, 20_000)
    const [first] = probed('p1', 'received')
    expect(first?.ms).toBeGreaterThan(0)
    expect(first?.from).not.toBe('p1')
    expect(inbound).toEqual([])
    expect(scene.events.of('message.received')).toEqual([])
    // What the phones of both owners show is what was said they would.
    const texts = (await scene.simulator.client.messages()).flatMap(({ texts }) => Object.values(texts))
    expect(texts.length).toBeGreaterThan(0)
    for (const text of texts) expect(text).toMatch(/^Linda canary [0-9a-f]{32}$/)
    const metrics = await (await fetch(`${scene.agent.metricsUrl}/metrics`)).text()
    expect(metrics).toMatch(/whatsapp_canary_probes_total\{account="p1",outcome="received"\} [1-9]/)
    expect(metrics).toMatch(/whatsapp_canary_seconds_count [1-9]/)
    const factor = (name: string) => report('p1')?.factors.find((each) => each.name === name)?.value
    await until('it is evidence of processing', () => factor('messageProcessing') === 100)
    expect(factor('responseTime')).toBe(null)
  }, 40_000)

  it('of an earlier run are swallowed as well, and the same text from a stranger is not', async () => {
    const text = canaryText()
    await scene.simulator.client.send({ from: '447947000001', to: phone('p1'), text })
    await until('the stranger is heard', () => inbound.length > 0)
    expect(inbound).toEqual([{ account: 'p1', text }])
    const { session } = scene.context.fleet.find('p2') ?? {}
    const to = `${phone('p3').slice(1)}@s.whatsapp.net`
    await session?.send({ messageId: 'AB12CD34EF56AB78', to, text: canaryText() })
    const strayed = () => scene.events.of('canary.strayed', 'p3')
    await until('it is swallowed', () => strayed().length > 0)
    expect(strayed()[0]?.messageId).toBe('AB12CD34EF56AB78')
    expect(inbound).toHaveLength(1)
  }, 20_000)

  it('that are acknowledged and never arrive make a session deaf, whose state says open and which answers', async () => {
    await scene.simulator.client.fault({ account: phone('p1'), fault: { kind: 'deaf' } })
    await until('p1 is capped', () => report('p1')?.caps.some(({ name }) => name === 'deaf'), 30_000)
    expect(scene.context.fleet.find('p1')?.session.state).toBe('open')
    expect(report('p1')?.score).toBeLessThanOrEqual(25)
    expect(report('p1')?.findings.map(({ issue }) => issue)).toContain('DEAF_SESSION')
    const missed = probed('p1', 'not-received')
    expect(missed.length).toBeGreaterThanOrEqual(2)
    // Two different ones were not heard, and the session was asked at once after the first.
    expect(missed[0]?.from).not.toBe(missed[1]?.from)
    const asked = scene.events.of('session.probed', 'p1').filter(({ suspicion }) => suspicion === 'manual')
    expect(asked[0]?.outcome).toBe('ok')
    expect(asked[0]?.at).toBeLessThan((missed[1] as { at: number }).at)
    expect(report('p2')?.caps).toEqual([])
    expect(report('p3')?.caps).toEqual([])
  }, 50_000)

  it('that arrive again end it', async () => {
    await scene.simulator.client.endFaults()
    await until('p1 hears again', () => report('p1')?.caps.length === 0, 20_000)
    expect(scene.events.of('diagnosis.cleared', 'p1').map(({ issue }) => issue)).toContain('DEAF_SESSION')
    expect(inbound).toHaveLength(1)
  }, 30_000)
})
