// `linda silence` against a real Alertmanager: what it adds hushes what it names, and what would hush too much is refused.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Addition, addSilence, expireSilence, listSilences } from '../../../agent/cli/silence.ts'
import { renderAlertmanager } from '../../../alertmanager/src/render.ts'
import { type Alertmanager, hasAlertmanager, startAlertmanager } from '../../harness/alertmanager.ts'
import { terminal } from './io.ts'

const addition = (more: Partial<Addition>): Addition => ({
  for: '2h',
  comment: 'moved to another phone',
  json: false,
  force: false,
  ...more,
})

describe('what is refused', () => {
  it.each([
    [{}, /^silence: found neither --account nor --pool nor --alert, allowed: at least one/],
    [{ account: '+971505760056' }, /^--account: found "\+971505760056", allowed: an account id/],
    [{ pool: 'Sales' }, /^--pool: found "Sales", allowed: the id of a pool/],
    [{ alert: '.*' }, /^--alert: found ".\*", allowed: the name of an alert/],
    [{ alert: 'Watchdog' }, /^--alert: found Watchdog, allowed: another one: .* --force/],
    [{ account: 'uae-1', for: '31d' }, /^--for: found 31d, allowed: up to 30d, up to 366d with --force/],
    [
      { account: 'uae-1', for: '367d', force: true },
      /^--for: found "367d", allowed: a duration from 1m to 30d/,
    ],
    [{ account: 'uae-1', for: '30' }, /^--for: found "30", allowed: a duration/],
    [{ account: 'uae-1', for: '10s' }, /^--for: found "10s", allowed: a duration from 1m/],
    [{ account: 'uae-1', comment: ' ' }, /^--comment: found nothing, allowed: up to 500/],
    [
      { account: 'uae-1', alertmanager: 'localhost:9093' },
      /^--alertmanager: found "localhost:9093", allowed: a URL/,
    ],
  ])('%j', async (more, expected) => {
    const { io, said } = terminal({ LINDA_ALERTMANAGER_URL: 'http://127.0.0.1:9' })
    expect(await addSilence(addition(more), io)).toBe(2)
    expect(said.err).toMatch(expected)
    expect(said.out).toBe('')
  })

  it('an address that nobody answers at, without the password in it', async () => {
    const { io, said } = terminal({ LINDA_ALERTMANAGER_URL: 'http://me:secret@127.0.0.1:9' })
    expect(await listSilences({ all: false, json: false }, io)).toBe(1)
    expect(said.err).toMatch(/^cannot ask Alertmanager at http:\/\/\*\*\*@127\.0\.0\.1:9: /)
  })

  it('what is no Alertmanager, and one that wants a name', async () => {
    const asked: (string | undefined)[] = []
    const server = createServer(({ headers }, response) => {
      asked.push(headers.authorization)
      response.writeHead(headers.authorization ? 200 : 401).end('<html>')
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const { io, said } = terminal()
    const list = (alertmanager: string) => listSilences({ all: false, json: false, alertmanager }, io)
    expect(await list(`http://${host}`)).toBe(2)
    expect(said.err).toContain('answered 401: Unauthorized')
    expect(await list(`http://me:p%40ss@${host}`)).toBe(1)
    expect(said.err).toContain('is no Alertmanager')
    expect(asked).toEqual([undefined, `Basic ${Buffer.from('me:p@ss').toString('base64')}`])
  })
})

describe.skipIf(!hasAlertmanager)('silences', () => {
  let alertmanager: Alertmanager
  beforeAll(async () => {
    alertmanager = await startAlertmanager((secrets) =>
      renderAlertmanager().replaceAll('/etc/alertmanager/secrets', secrets),
    )
    await alertmanager.post(
      ['p1', 'p2'].flatMap((account) =>
        ['ConnectionLost', 'HealthLow'].map((alertname) => ({
          labels: { alertname, account, severity: 'info' },
        })),
      ),
    )
  })
  afterAll(() => alertmanager?.close())

  const run = async (command: (io: ReturnType<typeof terminal>['io']) => Promise<number>) => {
    const { io, said } = terminal({ LINDA_ALERTMANAGER_URL: `${alertmanager.url}/`, USER: 'sam' })
    return { status: await command(io), ...said }
  }
  const silenced = async (): Promise<string[]> =>
    (await alertmanager.alerts())
      .filter(({ status }) => status.silencedBy.length > 0)
      .map(({ labels }) => `${labels.account} ${labels.alertname}`)
      .sort()

  it('of an account hush it, are listed, and end', async () => {
    expect(await run((io) => listSilences({ all: false, json: false }, io))).toMatchObject({
      status: 0,
      out: 'nothing is silenced\n',
    })
    const added = await run((io) => addSilence(addition({ account: 'p1' }), io))
    expect(added.status, added.err).toBe(0)
    const [, id = '', until = ''] =
      /^([0-9a-f-]{36}): account="p1" until (\S+); 2 alerts that fire now are silenced\n$/.exec(added.out) ??
      []
    expect(Date.parse(until) - Date.now()).toBeGreaterThan(2 * 3_600_000 - 60_000)
    expect(await silenced()).toEqual(['p1 ConnectionLost', 'p1 HealthLow'])
    const list = await run((io) => listSilences({ all: false, json: false }, io))
    expect(list.out.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['ID', 'STATE', 'ENDS', 'BY', 'WHAT', 'COMMENT'],
      [id, 'active', expect.stringMatching(/^\d{4}-/), 'sam', 'account="p1"', 'moved to another phone'],
      [''],
    ])
    expect(await run((io) => expireSilence(id, { json: false }, io))).toMatchObject({
      status: 0,
      out: `${id}: over\n`,
    })
    expect(await silenced()).toEqual([])
    const again = await run((io) => expireSilence(id, { json: false }, io))
    expect(again).toMatchObject({ status: 2, err: expect.stringContaining('which is over') })
    const all = await run((io) => listSilences({ all: true, json: true }, io))
    expect(JSON.parse(all.out).silences).toMatchObject([{ id, status: { state: 'expired' } }])
  })

  it('of one alert of one account, as JSON and for longer with --force, say when nothing fires', async () => {
    const { status, out } = await run((io) =>
      addSilence(addition({ account: 'p2', alert: 'PoolDown', for: '60d', force: true, json: true }), io),
    )
    expect(status).toBe(0)
    const { id, matchers, alertsNow } = JSON.parse(out)
    expect({ matchers, alertsNow }).toEqual({
      matchers: ['account="p2"', 'alertname="PoolDown"'],
      alertsNow: 0,
    })
    expect(await silenced()).toEqual([])
    await run((io) => expireSilence(id, { json: true }, io))
  })

  it('that nobody has are not ended', async () => {
    for (const id of ['all', '0b1c2d3e-0000-4000-8000-000000000000']) {
      const { status, err } = await run((io) => expireSilence(id, { json: false }, io))
      expect(status).toBe(2)
      expect(err).toContain('allowed: an id that linda silence list shows')
    }
  })
})
