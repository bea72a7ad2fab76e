// An account that fails, and another one of its pool that takes over within seconds: nothing lost, what may be double is marked, all of it recorded.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventOf } from '../../agent/events.ts'
import type { MessageView } from '../../agent/outbox/row.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

describe('failover', () => {
  let scene: Scene
  let n = 0
  const phone = (account: string): string => scene.phones.get(account) as string

  beforeAll(async () => {
    scene = await openScene({ paired: 6, config: { outbox: { grace: '1s', retry_base: '100ms' } } })
    await scene.allUp(30_000)
  }, 60_000)
  afterAll(() => scene?.close())

  const post = async (path: string, body: object): Promise<Response> =>
    scene.ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const accept = async (to: string, more: object = {}): Promise<MessageView> => {
    const response = await post('/api/messages', { pool: 'default', to, text: `text ${++n}`, ...more })
    expect(response.status).toBe(202)
    return (await response.json()) as MessageView
  }
  const settled = async ({ id }: MessageView): Promise<MessageView> =>
    (await (await scene.ask(`/api/messages/${id}?wait=20s`)).json()) as MessageView
  const ended = (account: string): Promise<EventOf<'failover.ended'>> =>
    scene.events.first('failover.ended', { account, withinMs: 15_000 })

  /** Messages of conversations that are pinned to the account now. */
  async function pinnedTo(account: string): Promise<string[]> {
    const to: string[] = []
    for (let i = 0; to.length < 3 && i < 100; i++) {
      const number = `+44794${7000000 + n}`
      if ((await settled(await accept(number))).account === account) to.push(number)
    }
    return to
  }

  it('a restricted account: its conversations go on elsewhere, at once', async () => {
    const [number] = await pinnedTo('p1')
    await scene.simulator.client.fault({
      account: phone('p1'),
      fault: { kind: 'timelock', seconds: 60, nack: true },
    })
    const message = await accept(number as string)
    const done = await settled(message)
    expect(done).toMatchObject({ state: 'acked', possibleDuplicate: false })
    expect(done.account).not.toBe('p1')
    const end = await ended('p1')
    expect(end).toMatchObject({ trigger: 'restricted', outcome: 'active', kind: 'automatic' })
    expect(end.detectMs + end.ms).toBeLessThan(10_000)
  }, 30_000)

  it('a zombie under traffic: what it may have sent is sent again and marked, once the time of grace is over', async () => {
    const [number] = await pinnedTo('p2')
    await scene.simulator.client.fault({ account: phone('p2'), fault: { kind: 'half-open' }, forMs: 30_000 })
    const first = await accept(number as string)
    const second = await accept(number as string)
    const end = await ended('p2')
    expect(end).toMatchObject({ trigger: 'zombie', outcome: 'active', unsure: 1 })
    const [one, two] = [await settled(first), await settled(second)]
    expect(one).toMatchObject({ state: 'acked', possibleDuplicate: true, account: end.to })
    expect(two).toMatchObject({ state: 'acked', possibleDuplicate: false, account: end.to })
    expect(Date.parse(one.ackedAt ?? '')).toBeLessThanOrEqual(Date.parse(two.ackedAt ?? ''))
  }, 40_000)

  it('what is no fault fails nobody over: a 515, a drop', async () => {
    const { client } = scene.simulator
    await client.fault({ account: phone('p3'), fault: { kind: 'close', code: 515 } })
    await client.fault({ account: phone('p4'), fault: { kind: 'reset' } })
    for (const account of ['p3', 'p4']) {
      await scene.events.first('session.closed', { account })
      await until('it is back', () => scene.context.fleet.find(account)?.session.snapshot.up === true)
    }
    expect(
      scene.events.of('failover.detected').filter(({ account }) => account === 'p3' || account === 'p4'),
    ).toEqual([])
  }, 20_000)

  it('a planned switch-over loses nothing and doubles nothing, and is the way back', async () => {
    const [number] = await pinnedTo('p3')
    const before = await Promise.all([accept(number as string), accept(number as string)])
    const response = await post('/api/failovers', { from: 'p3', to: 'p4' })
    expect(response.status).toBe(202)
    const end = await ended('p3')
    expect(end).toMatchObject({ kind: 'planned', outcome: 'active', to: 'p4', unsure: 0 })
    for (const message of [...before, await accept(number as string)])
      expect(await settled(message)).toMatchObject({ state: 'acked', possibleDuplicate: false })
    expect((await settled(await accept(number as string))).account).toBe('p4')
    await post('/api/failovers', { from: 'p4', to: 'p3' })
    await until('it is back', () => scene.events.of('failover.ended', 'p4').length === 1, 15_000)
    expect((await settled(await accept(number as string))).account).toBe('p3')
  }, 40_000)

  it('every step is in the audit trail, whose chain holds', async () => {
    const { failovers } = (await (await scene.ask('/api/failovers?account=p2')).json()) as {
      failovers: { id: string; steps: { state: string }[]; ranking: { why: string }[] }[]
    }
    expect(failovers[0]?.steps.map(({ state }) => state)).toEqual([
      'detected',
      'fenced',
      'chosen',
      'transferred',
      'activating',
      'active',
    ])
    expect(failovers[0]?.ranking.length).toBe(5)
    const audit = (await (await scene.ask('/api/audit?account=p2')).json()) as { rows?: object[] }
    expect(JSON.stringify(audit)).toContain('failover.transferred')
    const verified = (await (await scene.ask('/api/audit/verify')).json()) as { broken: unknown }
    expect(JSON.stringify(verified)).not.toMatch(/false/)
  })

  it('switched off by a person, nothing is failed over, and it is said why', async () => {
    const put = (automatic: string) =>
      scene.ask('/api/failovers/switch', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ automatic }),
      })
    expect(await (await put('off')).json()).toEqual({ automatic: 'off' })
    await scene.simulator.client.fault({ account: phone('p5'), fault: { kind: 'logout' } })
    const held = await scene.events.first('failover.held', { account: 'p5' })
    expect(held).toMatchObject({ trigger: 'logged-out', why: 'a person switched it off' })
    await put('on')
    expect(await ended('p5')).toMatchObject({ trigger: 'logged-out', outcome: 'active' })
  }, 20_000)
})
