// Whoever follows the live stream first learns where things stand and then every change, in order and with nothing in between.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { until } from '../../../harness/until.ts'
import { type LiveStage, liveStage, type Told } from './follow.ts'

const transports = ['socket', 'sse'] as const
type Row = Record<string, unknown> & { account: string }

describe.each(transports)('%s', (transport) => {
  it('begins with a snapshot that is the list of the connections', async () => {
    const stage = await liveStage()
    const reader = await stage[transport]()
    const first = await reader.sees('snapshot')
    const list = (await (await stage.ask('/api/dashboard/connections', 'viewer')).json()) as object
    expect(first).toEqual({
      seq: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-/),
      type: 'snapshot',
      stream: stage.live.stream,
      resumed: false,
      node: 'node-1',
      ...list,
    })
  })

  it('tells a pairing and an opening as the contract names them, never the code itself', async () => {
    const { server, [transport]: open } = await liveStage(1)
    const reader = await open()
    const { seq } = await reader.sees('snapshot')
    server.last.to.code('2@SECRET', 60_000)
    server.last.to.paired()
    server.last.to.open()
    await reader.sees('connection:status-changed', ({ data }) => data.status === 'CONNECTED')
    const changes = reader.frames.slice(1).filter(({ type }) => !type.startsWith('health:'))
    expect(changes.map(({ type, data }) => [type, data.previousStatus, data.status])).toEqual([
      ['qr:generated', undefined, undefined],
      ['connection:status-changed', 'CONNECTING', 'PAIRING'],
      ['qr:scanned', undefined, undefined],
      ['connection:status-changed', 'PAIRING', 'CONNECTED'],
    ])
    expect(changes[0]).toMatchObject({
      account: 'uae-1',
      phoneNumber: '+971500000001',
      data: { attempt: 1, index: 1, life: 60_000, connection: { account: 'uae-1' } },
    })
    expect(reader.frames.slice(1).map((frame) => frame.seq)).toEqual(
      reader.frames.slice(1).map((_, i) => seq + 1 + i),
    )
    expect(JSON.stringify(reader.frames)).not.toContain('SECRET')
  })

  it('shows only what is asked for: account, pool, type', async () => {
    const { server, [transport]: open } = await liveStage(2)
    const one = await open('?account=%2B971500000002&type=connection:status-changed,qr:scanned')
    const none = await open('?pool=empty')
    const all = await open('?pool=sales,empty')
    for (const { to } of server.sockets) to.open()
    await all.sees('connection:status-changed', ({ account }) => account === 'uae-2')
    await one.sees('connection:status-changed')
    expect((await one.sees('snapshot')).connections).toMatchObject([{ account: 'uae-2' }])
    expect((await all.sees('snapshot')).connections).toHaveLength(2)
    expect((await none.sees('snapshot')).connections).toEqual([])
    expect(one.frames.slice(1).map(({ account, type }) => [account, type])).toEqual([
      ['uae-2', 'connection:status-changed'],
    ])
    expect(none.frames).toHaveLength(1)
  })
})

it('a server-sent event has the type as its name and its place as its id', async () => {
  const { server, sse, live } = await liveStage(1)
  const reader = await sse()
  server.last.to.open()
  const { seq } = await reader.sees('connection:status-changed')
  const at = reader.frames.findIndex((frame) => frame.seq === seq)
  expect([reader.names[at], reader.ids[at]]).toEqual(['connection:status-changed', `${live.stream}.${seq}`])
})

/** What changes without a frame because it follows the clock. */
function lasting(rows: readonly Row[]): unknown[] {
  return rows.map(({ uptime: _, lastActivity: __, healthScore: ___, ...row }) => row)
}
function applied([first, ...changes]: readonly Told[]): unknown[] {
  const rows = new Map(((first?.connections ?? []) as Row[]).map((row) => [row.account, row]))
  for (const { data } of changes)
    if (data.connection) rows.set(data.connection.account, data.connection as Row)
  return lasting([...rows.values()])
}

const acts = {
  code: ({ server }: LiveStage, n: number) => server.alive[n % server.alive.length]?.to.code('2@C', 60_000),
  paired: ({ server }: LiveStage, n: number) => server.alive[n % server.alive.length]?.to.paired(),
  open: ({ server }: LiveStage, n: number) => server.alive[n % server.alive.length]?.to.open(),
  drop: ({ server }: LiveStage, n: number) =>
    server.alive[n % server.alive.length]?.drop('connection-closed', 428),
  ended: ({ server }: LiveStage, n: number) =>
    server.alive[n % server.alive.length]?.drop('codes-ended', 408),
  loggedOut: ({ server }: LiveStage, n: number) =>
    server.alive[n % server.alive.length]?.drop('logged-out', 401),
  view: ({ fleet }: LiveStage, n: number) => fleet.members()[n % 3]?.session.viewCode(),
  turn: () => new Promise<void>((resolve) => setImmediate(resolve)),
} as const
type Act = keyof typeof acts

it('the changes applied to any snapshot come to what a later snapshot says', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...(Object.keys(acts) as Act[])), fc.nat(5)), { maxLength: 25 }),
      fc.nat(25),
      async (script, joinsAt) => {
        const stage = await liveStage(3)
        const before = await stage.socket()
        let joining: Promise<unknown> | undefined
        const during = stage.socket
        let middle: Awaited<ReturnType<typeof during>> | undefined
        for (const [i, [act, n]] of script.entries()) {
          if (i === joinsAt)
            joining = stage.socket().then((reader) => {
              middle = reader
            })
          await acts[act](stage, n)
        }
        await joining
        // Dialling goes on by itself for a turn or two.
        const settled = async () => {
          const after = await stage.socket()
          const snapshot = await after.sees('snapshot')
          await before.sees('snapshot')
          await middle?.sees('snapshot')
          after.leave()
          const wanted = lasting(snapshot.connections)
          const views = [before, middle].flatMap((each) => each ?? [])
          if (views.some(({ frames }) => (frames.at(-1)?.seq ?? 0) < snapshot.seq)) return null
          return {
            wanted,
            got: views.map(({ frames }) => applied(frames.filter((f) => f.seq <= snapshot.seq))),
          }
        }
        const { wanted, got } = await until('as much as the snapshot', settled)
        for (const each of got) expect(each).toEqual(wanted)
        const seqs = before.frames.map(({ seq }) => seq)
        expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i))
        await stage.live.stop()
        await stage.close(0)
      },
    ),
    { seed: 7, numRuns: 25 },
  )
}, 60_000)
