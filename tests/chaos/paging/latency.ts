// How long a person waits, with every interval as it is shipped: codes that are given up and sessions that are cut, at moments that the seed draws.

import { draws } from '../../harness/draws.ts'
import { openPagingStage, type PagingStage, phones } from '../../harness/paging-stage.ts'
import { openScene, type Scene } from '../../harness/scene.ts'
import { until } from '../../harness/until.ts'
import { byMail, byPhone, bySlack, type Due, duplicatesOf, gather } from './figures.ts'

/** Between two runs on average; a scrape takes ten seconds, so that every phase of it is met. */
const APART_MS = 2_700
const LIMIT_MS = 60_000

export interface Latency {
  took: { row: string; ms: number | null }[]
  duplicates: number
  possibleDuplicates: number
}

/** `runs` regenerations that fail and as many sessions that are cut, of accounts that each do so once. */
export async function measureLatency(
  runs: number,
  seed: number,
  progress: (done: number) => void,
): Promise<Latency> {
  // As many that stay up: it is not the fleet's trouble.
  const scene = await openScene({
    paired: 2 * runs + 3,
    unpaired: runs,
    settings: { codeLifeMs: 700 },
    simulator: { seed, refFirstMs: 700, refNextMs: 700 },
    config: { pairing: { regenerations: 1, base: '2500ms', min: '1s', max: '4s' } },
  })
  let stage: PagingStage | undefined
  try {
    const linked = [...scene.phones.keys()].filter((id) => id.startsWith('p'))
    const up = (id: string) => scene.context.fleet.find(id)?.session.snapshot.up === true
    await until('all that are linked are up', () => linked.every(up), 60_000)
    stage = await openPagingStage({ pace: 'shipped', agents: [new URL(scene.agent.metricsUrl).host] })
    const opened = stage
    const heard = async () => (await opened.counted('pager_heartbeat_timestamp_seconds')) > 0
    await until('the heartbeat is heard', heard, 90_000)
    const due = (await Promise.all(breakAll(scene, opened, runs, seed, progress))).flat()
    const took = await gather(due, LIMIT_MS)
    return {
      took,
      duplicates: duplicatesOf(opened),
      possibleDuplicates: await opened.counted('pager_possible_duplicates_total'),
    }
  } finally {
    await stage?.close()
    await scene.close()
  }
}

function breakAll(
  scene: Scene,
  stage: PagingStage,
  runs: number,
  seed: number,
  progress: (done: number) => void,
): Promise<Due[]>[] {
  let done = 0
  const count = <T>(value: T): T => {
    done += 0.5
    progress(Math.floor(done))
    return value
  }
  const draw = draws(seed)
  const within = (n: number): Promise<void> => {
    const ms = (n + draw()) * APART_MS
    return new Promise((resolve) => setTimeout(resolve, ms))
  }
  return Array.from({ length: runs }, (_, n) => [
    within(n)
      .then(() => cut(scene, stage, `p${n + 1}`))
      .then(count),
    within(n)
      .then(() => giveUp(scene, stage, `n${n + 1}`))
      .then(count),
  ]).flat()
}

/** The connection breaks and every login after it fails. */
async function cut(scene: Scene, stage: PagingStage, id: string): Promise<Due[]> {
  const account = scene.phones.get(id) as string
  await scene.simulator.client.fault({ account, fault: { kind: 'no-success' } })
  const at = Date.now()
  await scene.simulator.client.fault({ account, fault: { kind: 'reset' } })
  return [
    { row: 'connection-lost by email', account: id, at, came: () => byMail(stage, 'ConnectionLost', id) },
    { row: 'connection-lost by slack', account: id, at, came: () => bySlack(stage, 'ConnectionLost', id) },
  ]
}

/** Somebody looks at every code and scans none. */
async function giveUp(scene: Scene, stage: PagingStage, id: string): Promise<Due[]> {
  const session = scene.context.fleet.find(id)?.session
  const looking = setInterval(() => session?.viewCode(), 50)
  try {
    const { at } = await scene.events.first('pairing.given-up', { account: id, withinMs: 60_000 })
    return [
      { row: 'qr-failed by sms', account: id, at, came: () => byPhone(stage, 'sms', id, phones) },
      { row: 'qr-failed by slack', account: id, at, came: () => bySlack(stage, 'QrRegenerationFailed', id) },
    ]
  } finally {
    clearInterval(looking)
  }
}
