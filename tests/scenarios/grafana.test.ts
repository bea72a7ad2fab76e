// A button in a Grafana panel really acts on an agent, for whoever may do it there, and what happens is in Grafana's live stream within a second.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addToken, mintToken } from '../../agent/admin/tokens.ts'
import {
  action,
  actionsUid,
  allowedActions,
  byField,
  byVariable,
  type DeedName,
  deeds,
} from '../../grafana/src/actions.ts'
import { type LiveGrafana, liveGrafana } from '../harness/grafana.ts'
import { type ActionsGrafana, actionsGrafana, type GrafanaUser } from '../harness/grafana-actions.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

const alice: GrafanaUser = { id: 1, login: 'alice', role: 'Editor' }
const victor: GrafanaUser = { id: 2, login: 'victor', role: 'Viewer' }
/** Of a Grafana that tells no roles; the configuration names her. */
const nora: GrafanaUser = { id: 3, login: 'nora' }

let grafana: ActionsGrafana
let live: LiveGrafana
let scene: Scene
let folder: string

beforeAll(async () => {
  grafana = await actionsGrafana(allowedActions)
  live = await liveGrafana()
  folder = mkdtempSync(join(tmpdir(), 'linda-grafana-'))
  const tokenFile = join(folder, 'live.token')
  writeFileSync(tokenFile, live.token)
  scene = await openScene({
    paired: 3,
    unpaired: 1,
    config: {
      admin: {
        grafana: { url: grafana.url, jwks_url: grafana.jwksUrl, users: { nora: 'operator' } },
      },
      telemetry: { grafana_live: { url: live.url, token_file: tokenFile, stream: 'linda' } },
      outbox: { grace: '200ms' },
    },
  })
  const { token, entry } = await mintToken('grafana', 'operator', { grafana: 'required' })
  addToken(join(scene.directory, 'tokens.yaml'), entry)
  grafana.sources.push({
    uid: actionsUid,
    type: 'graphite',
    url: `${scene.agent.adminUrl}/api`,
    header: { name: 'Authorization', value: `Bearer ${token}` },
  })
  // The fourth one waits for a phone.
  const up = () => scene.context.fleet.accounts().filter((each) => each.up).length
  await until(
    () => `${up()} sessions up`,
    () => up() === 3,
    30_000,
  )
}, 60_000)
afterAll(async () => {
  await scene?.close()
  await grafana?.close()
  await live?.close()
  rmSync(folder, { recursive: true, force: true })
})

const press = (name: DeedName, account: string, user: GrafanaUser | null = alice) =>
  grafana.press(action(name, byVariable()), user, { account })
const json = async <T>(path: string): Promise<T> => (await (await scene.ask(path)).json()) as T
const modeOf = async (account: string): Promise<string | undefined> => {
  const { pools } = await json<{ pools: { accounts: { account: string; mode: string }[] }[] }>('/api/routing')
  return pools.flatMap(({ accounts }) => accounts).find((each) => each.account === account)?.mode
}

describe('a button', () => {
  it('check now asks the session, and says who it is about before', async () => {
    const { status, text, asked } = await press('checkNow', 'p1')
    expect([status, asked]).toEqual([200, 'Ask the session of p1 for a sign of life?'])
    expect(JSON.parse(text)).toMatchObject({ checked: 1, alive: 1 })
  })

  it('drain takes new conversations away, put back gives them again, and the trail names the person', async () => {
    expect(await press('drain', 'p2')).toMatchObject({ status: 200 })
    expect(await modeOf('p2')).toBe('draining')
    expect(await press('putBack', 'p2')).toMatchObject({ status: 200 })
    expect(await modeOf('p2')).toBe('up')
    const { entries } = await json<{ entries: { who: string; what: string; account: string }[] }>(
      '/api/audit?account=p2',
    )
    expect(entries[0]).toMatchObject({ who: 'grafana:alice', what: 'mode.set', account: 'p2' })
  })

  it('reset QR begins a new attempt', async () => {
    const before = scene.events.of('pairing.started').length
    await until('no code', () => before > 0 || scene.events.of('pairing.started').length > 0)
    const started = scene.events.of('pairing.started').length
    expect(await press('resetQr', 'n1')).toMatchObject({ status: 202 })
    await until('no new attempt', () => scene.events.of('pairing.started').length > started)
    expect(await press('resetQr', 'p1')).toMatchObject({ status: 409 })
  })

  it('fail over gives the work away, and clear damping puts the account back in service', async () => {
    const { status, text } = await press('failOver', 'p1')
    expect(status).toBe(202)
    const { id } = JSON.parse(text) as { id: string }
    await until('not over', async () => !(await json<{ open: boolean }>(`/api/failovers/${id}`)).open)
    expect(await json(`/api/failovers/${id}`)).toMatchObject({ account: 'p1', state: 'active' })
    expect(await modeOf('p1')).toBe('out')
    expect(await press('clearDamping', 'p1')).toMatchObject({ status: 200 })
    expect(await modeOf('p1')).toBe('up')
  }, 20_000)

  it('in a row acts on the account of the row', async () => {
    for (const [field, values] of [
      ['account', { 'field account': 'p3' }],
      ['Account name', { 'field Account name': 'p3' }],
    ] as const) {
      const { status, text } = await grafana.press(action('checkNow', byField(field)), alice, {
        account: 'p1',
        ...values,
      })
      expect(status).toBe(200)
      expect(JSON.parse(text).accounts.map(({ account }: { account: string }) => account)).toEqual(['p3'])
    }
  })
})

describe.each(Object.keys(deeds) as DeedName[])('%s is refused', (name) => {
  it('to a viewer, and to nobody at all', async () => {
    const before = await modeOf('p2')
    expect(await press(name, 'p2', victor)).toMatchObject({
      status: 403,
      text: expect.stringContaining('role'),
    })
    expect(await press(name, 'p2', null)).toMatchObject({ status: 401 })
    expect(await modeOf('p2')).toBe(before)
  })

  it('for an account that nobody knows, such as a variable without a value', async () => {
    expect((await press(name, 'nobody')).status).toBe(404)
    expect((await grafana.press(action(name, byVariable()), alice, {})).status).toBe(404)
  })
})

describe('around the buttons', () => {
  it('a user whom the configuration names may act where Grafana tells no role', async () => {
    expect(await press('checkNow', 'p1', nora)).toMatchObject({ status: 200 })
    expect(await press('checkNow', 'p1', { id: 4, login: 'otto' })).toMatchObject({ status: 403 })
  })

  it('Grafana lets no action go anywhere else', async () => {
    const stray = action('checkNow', byVariable())
    const fetchOf = (over: object) => ({ ...stray, fetch: { ...stray.fetch, ...over } }) as typeof stray
    expect((await grafana.press(fetchOf({ url: '/api/admin/users' }), alice, {})).status).toBe(405)
    expect((await grafana.press(fetchOf({ method: 'DELETE' }), alice, {})).status).toBe(405)
    await expect(grafana.press(fetchOf({ url: 'https://example.com/' }), alice, {})).rejects.toThrow(
      'not of this Grafana',
    )
  })

  it('the token alone is worth nothing: who has it needs the identity of a user too', async () => {
    const [source] = grafana.sources
    const { name = '', value = '' } = source?.header ?? {}
    const bare = await fetch(`${source?.url}/dashboard/connections`, { headers: { [name]: value } })
    expect([401, 403]).toContain(bare.status)
    const forged = await fetch(`${source?.url}/dashboard/connections`, {
      headers: { [name]: value, 'x-grafana-id': 'eyJhbGciOiJub25lIn0.e30.' },
    })
    expect([401, 403]).toContain(forged.status)
  })

  it('what a viewer reads through the proxy is what a viewer may read', async () => {
    const path = (rest: string) => `/api/datasources/proxy/uid/${actionsUid}${rest}`
    expect((await grafana.send(victor, path('/dashboard/connections'))).status).toBe(200)
    expect((await grafana.send(victor, path('/dashboard/connections/n1/qr'))).status).toBe(403)
    expect((await grafana.send(alice, path('/store/backup'))).status).toBe(403)
    // Above /api there is nothing for it.
    expect((await grafana.send(alice, path('/../link/n1'))).status).not.toBe(200)
  })
})

it('a change of a session is in the live stream within a second', async () => {
  const states = () =>
    live.taken.flatMap(({ lines }) => lines).filter(({ measurement }) => measurement === 'state')
  await until('no state', () =>
    ['p1', 'p2', 'p3', 'n1'].every((id) => states().some(({ tags }) => tags.account === id)),
  )
  const before = live.taken.length
  await scene.simulator.client.fault({ account: scene.phones.get('p3') as string, fault: { kind: 'reset' } })
  const closed = await scene.events.first('session.closed', { account: 'p3', withinMs: 5_000 })
  const told = await until('not told', () =>
    live.taken
      .slice(before)
      .find(({ lines }) =>
        lines.some(({ tags, fields }) => tags.account === 'p3' && fields.state === 'connecting'),
      ),
  )
  const agoMs = performance.now() - told.receivedAt
  expect(Date.now() - agoMs - closed.at).toBeLessThan(1_000)
  expect(told.stream).toBe('linda')
})
