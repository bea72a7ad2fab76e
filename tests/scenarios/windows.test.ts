// Windows, regeneration and the code to be typed, on the wire: a late phone is not cut off twice, and nobody burns codes unseen.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

/** Six codes last 4.2 s: longer windows need a second connection. */
const CODE_MS = 700
const BASE_MS = 2_000
const MAX_MS = 6_000

describe('pairing windows', () => {
  let scene: Scene
  const session = (account: string) => {
    const found = scene.context.fleet.find(account)?.session
    if (!found) throw new Error(`no ${account}`)
    return found
  }
  const phone = (account: string): string => scene.phones.get(account) as string
  const lookers: NodeJS.Timeout[] = []

  /** Somebody with a screen in front of a phone: every code that is shown is looked at. */
  function look(account: string): void {
    let shown = ''
    lookers.push(
      setInterval(() => {
        const code = session(account).viewCode()
        if (code?.method !== 'qr' || code.code === shown) return
        shown = code.code
        void scene.simulator.client.look(phone(account), code.code).catch(() => {})
      }, 20),
    )
  }

  beforeAll(async () => {
    scene = await openScene({
      unpaired: 4,
      settings: { codeLifeMs: CODE_MS },
      simulator: { refFirstMs: CODE_MS, refNextMs: CODE_MS },
      config: {
        pairing: { base: `${BASE_MS}ms`, min: '1s', max: `${MAX_MS}ms`, regenerations: 3 },
      },
    })
  }, 60_000)
  afterAll(async () => {
    for (const timer of lookers) clearInterval(timer)
    await scene?.close()
  })

  it('a phone that scans after its window is cut off once and linked in the next one', async () => {
    await scene.simulator.client.setPhone(phone('n1'), { scan: { kind: 'fixed', ms: 3_700 } })
    look('n1')
    await until(
      () => `n1 is linked: ${scene.events.story('n1')}`,
      () => session('n1').state === 'open',
      30_000,
    )
    expect(scene.events.of('pairing.regenerated', 'n1')).toHaveLength(1)
    const started = scene.events.of('pairing.started', 'n1').slice(-2)
    expect(started.map(({ windowMs }) => windowMs)).toEqual([BASE_MS, MAX_MS])
    const [cut, linked] = scene.events.of('pairing.ended', 'n1').slice(-2)
    expect(cut).toMatchObject({ outcome: 'expired', inARow: 0, viewed: true })
    expect(linked).toMatchObject({ outcome: 'linked', inARow: 1 })
    // One person, with the time that they really took.
    const learned = scene.context.analyzer.metrics('n1')
    expect(learned.totalScans).toBe(1)
    expect(learned.averageQRScanTime).toBeGreaterThan(3_000)
    expect(learned.averageQRScanTime).toBeLessThan(MAX_MS)
  }, 45_000)

  it('an attempt that is longer than the codes of one connection goes on over the next', async () => {
    await scene.simulator.client.setPhone(phone('n2'), { scan: { kind: 'never' } })
    look('n2')
    await until(
      () => `the second attempt of n2 has shown more than six codes: ${scene.events.story('n2')}`,
      () => scene.events.of('pairing.code-issued', 'n2').some(({ index }) => index > 7),
      30_000,
    )
    const long = scene.events.of('pairing.code-issued', 'n2').find(({ index }) => index > 7)
    expect(
      scene.events.of('pairing.started', 'n2').find(({ attempt }) => attempt === long?.attempt),
    ).toMatchObject({
      windowMs: MAX_MS,
    })
  }, 45_000)

  it('after three regenerations a code is shown that links when it is typed', async () => {
    const code = await until(
      () => `n2 has a code to be typed: ${scene.events.story('n2')}`,
      () => {
        const shown = session('n2').pairing.current()
        return shown?.method === 'code' ? shown : null
      },
      60_000,
    )
    expect(code.code).toMatch(/^[0-9A-Z]{8}$/)
    expect(scene.events.of('pairing.regenerated', 'n2')).toHaveLength(3)
    expect(await scene.simulator.client.enter(phone('n2'), code.code)).toBe('linked')
    await until('n2 is open', () => session('n2').state === 'open', 15_000)
    expect(scene.events.of('pairing.ended', 'n2').at(-1)).toMatchObject({ method: 'code', outcome: 'linked' })
  }, 80_000)

  it('nobody looking costs one attempt', async () => {
    await until('n3 waits', () => session('n3').state === 'waiting', 15_000)
    const attempts = scene.events.of('pairing.started', 'n3').length
    expect(attempts).toBe(1)
    expect(session('n3').snapshot).toMatchObject({ askable: true, retryAt: null })
    // All that has passed since is many windows.
    expect(Date.now() - (scene.events.of('pairing.ended', 'n3')[0]?.at ?? 0)).toBeGreaterThan(2 * MAX_MS)
    expect(scene.events.of('session.connecting', 'n3')).toHaveLength(1)
  }, 30_000)

  it('shows what it has learned to those who scrape and those who ask', async () => {
    const metrics = await (await fetch(`${scene.agent.metricsUrl}/metrics`)).text()
    expect(metrics).toContain(`whatsapp_pairing_window_seconds{account="n1"} ${BASE_MS / 1000}`)
    expect(metrics).toMatch(/whatsapp_qr_scan_quantile_seconds\{account="n1",quantile="0.5"\} [3-6]\./)
    expect(metrics).toContain('whatsapp_pairing_code_fallbacks_total{account="n2"} 1')
    expect(metrics).toContain('whatsapp_pairing_given_up_total{account="n3"} 0')
    const all = (await (await scene.ask('/api/dashboard/qr-metrics')).json()) as Record<string, object>
    expect(Object.keys(all)).toEqual(['n1', 'n2', 'n3', 'n4'])
    expect(all.n1).toMatchObject({ totalScans: 1, minimumScans: 30, recommendedTimeout: BASE_MS })
  }, 15_000)

  it('asked for by hand, a code to be typed comes first', async () => {
    await until('n4 waits', () => session('n4').state === 'waiting', 15_000)
    const path = '/api/dashboard/quick-actions/n4/pairing-code'
    expect((await scene.ask(path, { method: 'POST' })).status).toBe(202)
    const shown = await until(
      'n4 has a code to be typed',
      async () => {
        const answer = await scene.ask('/api/dashboard/connections/n4/qr')
        const body = (await answer.json()) as { method: string; code: string }
        return answer.ok && body.method === 'code' ? body : null
      },
      15_000,
    )
    expect((await scene.ask('/api/dashboard/connections/n4/qr?format=png')).status).toBe(409)
    expect(await scene.simulator.client.enter(phone('n4'), shown.code)).toBe('linked')
    await until('n4 is open', () => session('n4').state === 'open', 15_000)
  }, 45_000)
})
