// Whoever comes back in time misses nothing; whoever comes too late, or to another run of the agent, begins again.

import { describe, expect, it } from 'vitest'
import { asViewer, type LiveStage, liveStage } from './follow.ts'

function fail({ bus }: LiveStage, times: number): void {
  for (let i = 0; i < times; i++)
    bus.emit('session.connect-failed', { reason: 'refused', ms: 1, reconnect: true }, { account: 'uae-1' })
}
const other = '0123456789abcdef'

describe.each(['socket', 'sse'] as const)('%s', (transport) => {
  it('goes on after the frame that it names', async () => {
    const stage = await liveStage(1)
    const before = await stage[transport]()
    const { seq, stream } = await before.sees('snapshot')
    before.leave()
    fail(stage, 5)
    const after = await stage[transport](`?since=${seq + 2}&stream=${stream}`)
    fail(stage, 1)
    await after.sees('error:occurred', (frame) => frame.seq === seq + 6)
    expect(after.frames.map((frame) => [frame.type, frame.seq])).toEqual([
      ['resumed', seq + 2],
      ...[3, 4, 5, 6].map((n) => ['error:occurred', seq + n]),
    ])
    expect(after.frames[0]).toMatchObject({ stream, resumed: true, node: 'node-1', frames: 3 })
  })

  it('goes on with what it wants to see, and with nothing where nothing happened', async () => {
    const stage = await liveStage(1)
    const first = await stage[transport]()
    const { seq, stream } = await first.sees('snapshot')
    fail(stage, 2)
    await first.sees('error:occurred', (frame) => frame.seq === seq + 2)
    const filtered = await stage[transport](`?since=${seq}&stream=${stream}&type=qr:scanned`)
    expect(await filtered.sees('resumed')).toMatchObject({ frames: 0 })
    const newest = await stage[transport](`?since=${seq + 2}&stream=${stream}`)
    expect(await newest.sees('resumed')).toMatchObject({ frames: 0 })
  })

  it.each([
    ['of another run', (_: number, __: string) => `?since=1&stream=${other}`],
    ['that was never given out', (seq: number, stream: string) => `?since=${seq + 100}&stream=${stream}`],
    ['that is forgotten', (seq: number, stream: string) => `?since=${seq}&stream=${stream}`],
  ])('begins again after a frame %s', async (_, query) => {
    const stage = await liveStage(1, { frames: 10 })
    const { seq, stream } = await (await stage[transport]()).sees('snapshot')
    fail(stage, 11)
    const again = await stage[transport](query(seq, stream))
    expect(await again.sees('snapshot')).toMatchObject({ resumed: false, seq: seq + 11 })
    expect(again.frames).toHaveLength(1)
  })
})

it('server-sent events go on after Last-Event-ID, as every reader of them sends it by itself', async () => {
  const stage = await liveStage(1)
  const first = await stage.sse()
  await first.sees('snapshot')
  fail(stage, 3)
  await first.sees('error:occurred', ({ seq }) => seq === (first.frames[0]?.seq ?? 0) + 3)
  const again = await stage.sse('', { ...asViewer, 'last-event-id': first.ids[1] ?? '' })
  expect(await again.sees('resumed')).toMatchObject({ frames: 2 })
  const foreign = await stage.sse('', { ...asViewer, 'last-event-id': 'something else' })
  expect(await foreign.sees('snapshot')).toMatchObject({ resumed: false })
})
