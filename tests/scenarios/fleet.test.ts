// Two hundred sessions on one machine: they open in turns, all come back after the server was gone, and nobody storms it.

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'
import type { ConnectionRecord } from '../simulator/types.ts'

const SESSIONS = 200
const LIMIT = 5
const AWAY_MS = 20_000

/** The most connections that were between their first byte and their login at the same moment. */
function mostOpening(records: readonly ConnectionRecord[]): number {
  const steps = records.flatMap(({ openedAt, successAt, closedAt }) => [
    [openedAt, 1] as const,
    [successAt ?? closedAt ?? Number.POSITIVE_INFINITY, -1] as const,
  ])
  steps.sort(([a, up], [b, down]) => a - b || up - down)
  let now = 0
  return steps.reduce((most, [, step]) => {
    now += step
    return Math.max(most, now)
  }, 0)
}

describe(`a fleet of ${SESSIONS}`, () => {
  let scene: Scene
  let openedIn = 0
  beforeAll(async () => {
    const startedAt = performance.now()
    scene = await openScene({
      paired: SESSIONS,
      // The back-off of production, with a cap that fits the patience of a test.
      settings: { backoff: { baseMs: 1_000, capMs: 15_000 }, connectTimeoutMs: 20_000 },
    })
    await scene.allUp(60_000)
    openedIn = performance.now() - startedAt
  }, 150_000)
  afterAll(() => scene?.close(), 60_000)

  it('opens within 60 s without exceeding the connect limit', async () => {
    expect(openedIn).toBeLessThan(90_000)
    const opened = scene.events.of('session.opened')
    const first = scene.events.of('session.connecting')[0]?.at ?? 0
    expect((opened.at(-1)?.at ?? 0) - first).toBeLessThan(60_000)
    expect(mostOpening(await scene.simulator.client.connections())).toBeLessThanOrEqual(LIMIT)
  })

  it('all comes back after the server was gone for 20 s, none stuck, no storm', async () => {
    // Asked before it dies: sessions come back sooner than a question to the new one is answered.
    const before = (await scene.simulator.client.summary()).connections
    await scene.simulator.kill('SIGKILL')
    await until('everybody noticed', () => scene.context.fleet.accounts().every(({ up }) => !up), 30_000)
    await sleep(AWAY_MS)
    await scene.simulator.restart()
    await scene.allUp(90_000)
    const summary = await scene.simulator.client.summary()
    expect(summary.connections - before).toBeGreaterThanOrEqual(SESSIONS)
    expect(summary.overlaps).toBe(0)
    // A dial takes a place until it is open or has failed: LIMIT at once bounds the rate that the server sees.
    const since = (await scene.simulator.client.connections()).filter(({ conn }) => conn > before)
    expect(mostOpening(since)).toBeLessThanOrEqual(LIMIT)
    expect(scene.context.fleet.connects()).toMatchObject({ opening: 0, waiting: 0 })
  }, 180_000)

  it('stops every session within the time it promises', async () => {
    const startedAt = performance.now()
    await scene.agent.stop('test')
    expect(performance.now() - startedAt).toBeLessThan(scene.context.config.node.stopWithinMs)
    await until(
      'no connection is left',
      async () => (await scene.simulator.client.state()).online.length === 0,
    )
  }, 30_000)
})
