// Linking on the wire: codes rotate and are never served stale, nobody burns codes unseen, and a passkey demand is named and left.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

const life = { codeLifeMs: 700 }
const simulator = { refFirstMs: 700, refNextMs: 700 }

describe('pairing', () => {
  let scene: Scene
  const session = (account: string) => {
    const found = scene.context.fleet.find(account)?.session
    if (!found) throw new Error(`no ${account}`)
    return found
  }
  const phone = (account: string): string => scene.phones.get(account) as string

  beforeAll(async () => {
    scene = await openScene({
      unpaired: 6,
      settings: life,
      simulator,
      config: { pairing: { regenerations: 2, base: '2500ms', min: '1s', max: '4s' } },
    })
  }, 60_000)
  afterAll(() => scene?.close())

  it('links by a scan, restarts as the server asks, and opens', async () => {
    const code = await until('a code', () => session('n1').viewCode())
    expect(await scene.simulator.client.scan(phone('n1'), code.code)).toBe('linked')
    await until('n1 is open', () => session('n1').state === 'open', 20_000)
    expect(scene.events.of('pairing.ended', 'n1').map(({ outcome }) => outcome)).toEqual(['linked'])
    expect(scene.events.of('pairing.scanned', 'n1')[0]?.scanMs).toBeGreaterThanOrEqual(0)
    expect(scene.events.of('session.closed', 'n1')[0]?.reason).toBe('restart-required')
  }, 30_000)

  it('waits, cheap and quiet, when nobody looks at the codes', async () => {
    await until('n2 waits', () => session('n2').state === 'waiting', 15_000)
    expect(scene.events.of('pairing.started', 'n2')).toHaveLength(1)
    expect(scene.events.of('pairing.ended', 'n2')[0]).toMatchObject({ outcome: 'expired', viewed: false })
    expect(session('n2').snapshot.retryAt).toBeNull()
  }, 20_000)

  it('begins again when somebody asks a waiting session for a code, and never serves an expired one', async () => {
    await until('n2 waits', () => session('n2').state === 'waiting', 15_000)
    expect(session('n2').viewCode()).toBeNull()
    const served = new Set<string>()
    await until(
      'three codes of the new attempt were served',
      () => {
        const code = session('n2').viewCode()
        if (code) {
          expect(code.expiresAt).toBeGreaterThan(Date.now() - 5)
          served.add(code.code)
        }
        return served.size >= 3
      },
      15_000,
    )
    expect(scene.events.of('pairing.started', 'n2')).toHaveLength(2)
  }, 25_000)

  it('regenerates a viewed attempt as often as allowed, shows a code to be typed, and then waits for a person', async () => {
    // By now the first attempt may have ended unseen: asking begins another.
    const looking = setInterval(() => session('n3').viewCode(), 50)
    try {
      await until(
        () => `n3 gave up: ${scene.events.story('n3')}`,
        () => session('n3').state === 'waiting' && !session('n3').snapshot.askable,
        40_000,
      )
    } finally {
      clearInterval(looking)
    }
    expect(session('n3').pairing.counts).toMatchObject({ regenerations: 2, regenerationsFailed: 1 })
    expect(scene.events.of('pairing.given-up', 'n3')).toHaveLength(1)
    expect(scene.events.of('pairing.started', 'n3').at(-1)?.method).toBe('code')
  }, 55_000)

  it('names a passkey demand at once and does not try again', async () => {
    await scene.simulator.client.setPhone(phone('n4'), { passkey: true })
    const code = await until('a code', () => session('n4').viewCode(), 15_000)
    expect(await scene.simulator.client.scan(phone('n4'), code.code)).toBe('passkey')
    await until('n4 waits', () => session('n4').state === 'waiting')
    expect(scene.events.of('session.state-changed', 'n4').at(-1)?.reason).toBe('passkey-required')
    expect(scene.events.of('pairing.ended', 'n4').at(-1)?.outcome).toBe('passkey')
    expect(session('n4').snapshot.retryAt).toBeNull()
    // A page that goes on asking must not dial again and again.
    const dials = scene.events.of('session.connecting', 'n4').length
    for (let i = 0; i < 5; i++) expect((await scene.ask('/api/dashboard/connections/n4/qr')).status).toBe(409)
    expect(scene.events.of('session.connecting', 'n4')).toHaveLength(dials)
    const shown = (await (await scene.ask('/api/dashboard/connections/n4')).json()) as { issues: string[] }
    expect(shown.issues).toEqual(['PASSKEY_REQUIRED'])
  }, 20_000)

  it('never logs in with a phone that is not the configured one', async () => {
    const code = await until('a code', () => session('n6').viewCode(), 15_000)
    expect(await scene.simulator.client.scan('+971559999999', code.code)).toBe('linked')
    await until('n6 has failed', () => session('n6').state === 'failed', 15_000)
    expect(scene.events.of('session.state-changed', 'n6').at(-1)?.reason).toBe('wrong-phone')
    const shown = (await (await scene.ask('/api/dashboard/connections/n6')).json()) as { issues: string[] }
    expect(shown.issues).toEqual(['WRONG_PHONE', 'SESSION_ENDED'])
    expect((await scene.ask('/api/dashboard/quick-actions/n6/reset-qr', { method: 'POST' })).status).toBe(202)
    const again = await until('a code after the reset', () => session('n6').viewCode(), 15_000)
    expect(await scene.simulator.client.scan(phone('n6'), again.code)).toBe('linked')
    await until('n6 is open', () => session('n6').state === 'open', 15_000)
  }, 50_000)

  it('starts over by hand after the phone unlinked the device, with fresh credentials', async () => {
    await until('n1 is open', () => session('n1').state === 'open')
    await scene.simulator.client.logout(phone('n1'))
    await until('n1 is logged out', () => session('n1').state === 'logged-out')
    const answer = await scene.ask('/api/dashboard/quick-actions/n1/reset-qr', { method: 'POST' })
    expect(answer.status).toBe(202)
    const code = await until('a new code', () => session('n1').viewCode(), 10_000)
    expect(await scene.simulator.client.scan(phone('n1'), code.code)).toBe('linked')
    await until('n1 is open again', () => session('n1').state === 'open', 15_000)
  }, 40_000)
})
