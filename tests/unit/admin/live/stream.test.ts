// Whoever follows the live stream first learns where things stand and then every change, in order and with nothing in between.

import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { until } from '../../../harness/until.ts'
import type { ScriptedSocket } from '../../session/scripted-socket.ts'
import { type LiveStage, liveStage, type Told } from './follow.ts'

const transports = ['socket', 'sse'] as const
type Row = Record<string, unknown> & { account: string }

describe.each(transports)('%s', (transport) => {
  it('begins with a snapshot that is the list of the connections', async () => {
    const stage = await liveStage()
    const reader = await stage[transport]()
    const first = await reader.sees('snapshot')
    const answer = await stage.ask('/api/dashboard/connections', 'viewer')
    const { connections, systemHealth } = (await answer.json()) as Record<string, unknown>
    expect(first).toEqual({
      seq: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-/),
      type: 'snapshot',
      stream: stage.live.stream,
      resumed: false,
      node: 'node-1',
      connections,
      systemHealth,
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

const opened = new WeakSet<ScriptedSocket>()
/** One of the sockets; one that is open gets no codes and is not opened again, as with WhatsApp. */
function pick({ server }: LiveStage, n: number, fresh: boolean): ScriptedSocket | undefined {
  const those = server.alive.filter((socket) => !(fresh && opened.has(socket)))
  return those[n % those.length]
}
const acts = {
  code: (stage: LiveStage, n: number) => pick(stage, n, true)?.to.code('2@C', 60_000),
  paired: (stage: LiveStage, n: number) => pick(stage, n, true)?.to.paired(),
  open(stage: LiveStage, n: number) {
    const socket = pick(stage, n, true)
    if (!socket) return
    opened.add(socket)
    socket.to.open()
  },
  frame: (stage: LiveStage, n: number) => pick(stage, n, false)?.to.frame(),
  drop: (stage: LiveStage, n: number) => pick(stage, n, false)?.drop('connection-closed', 428),
  ended: (stage: LiveStage, n: number) => pick(stage, n, true)?.drop('codes-ended', 408),
  loggedOut: (stage: LiveStage, n: number) => pick(stage, n, false)?.drop('logged-out', 401),
  view: ({ fleet }: LiveStage, n: number) => fleet.members()[n % 3]?.session.viewCode(),
  turn: () => new Promise<void>((resolve) => setImmediate(resolve)),
} as const
type Act = keyof typeof acts | 'join' | 'settle'
const script = fc.array(
  fc.tuple(
    fc.oneof(
      fc.constantFrom<Act>(...(Object.keys(acts) as Act[])),
      fc.constantFrom<Act>('join', 'turn', 'settle'),
    ),
    fc.nat(5),
  ),
  { maxLength: 30 },
)

it('the changes applied to any snapshot come to what is so in the end, and none is missing', async () => {
  await fc.assert(
    fc.asyncProperty(script, async (steps) => {
      const stage = await liveStage(3)
      const joining = [stage.socket()]
      // Some come while it happens and some when it has happened.
      for (const [act, n] of steps)
        if (act === 'join') joining.push(stage.socket())
        else if (act === 'settle') await Promise.all(joining)
        else await acts[act](stage, n)
      const readers = await Promise.all(joining)
      const list = async (): Promise<unknown[]> => {
        const body = (await (await stage.ask('/api/dashboard/connections')).json()) as { connections: Row[] }
        return lasting(body.connections)
      }
      // Dialling goes on by itself for a turn or two.
      for (const { frames } of readers)
        await until(
          () => `what is so: ${JSON.stringify(frames)}`,
          async () => isDeepStrictEqual(applied(frames), await list()),
          2_000,
        )
      for (const { frames } of readers) {
        const [first = 0, ...more] = frames.map(({ seq }) => seq)
        expect(more).toEqual(more.map((_, i) => first + 1 + i))
      }
      await stage.live.stop()
      await stage.close(0)
    }),
    { seed: 7, numRuns: 40 },
  )
}, 60_000)
