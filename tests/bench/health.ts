// Scoring passes and flushes of the history for fleets of three sizes, and a check by hand of a hundred live sessions.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { table } from '../../agent/cli/table.ts'
import { type AnyEvent, Bus } from '../../agent/events.ts'
import { checkAll } from '../../agent/health/check.ts'
import { HealthMonitor } from '../../agent/health/monitor.ts'
import type { View } from '../../agent/health/view.ts'
import { embeddedHistory } from '../../agent/history/embedded.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { openStore } from '../../agent/store/open.ts'
import { openScene } from '../harness/scene.ts'
import { thresholds, weights } from '../unit/health/settings.ts'

const SIZES = [100, 1_000, 10_000]
const CHECKED = 100
/** As many as the journal writes at once. */
const BATCH = 100

interface Pass {
  ms: number
  /** The longest time for which nothing else had a turn. */
  heldMs: number
  samples: AnyEvent[]
}

/** A pass over accounts of which each has traffic, probes and a few disconnects behind it. */
async function score(accounts: number): Promise<Pass> {
  const bus = new Bus('bench')
  const views: View[] = Array.from({ length: accounts }, (_, i) => ({
    account: `a-${i}`,
    state: 'open',
    since: Date.now(),
    up: true,
    lastEvidenceAt: Date.now(),
    lastDisconnect: null,
    restriction: null,
  }))
  const monitor = new HealthMonitor({ bus, views: () => views, view: () => undefined, weights, thresholds })
  for (const { account } of views) {
    for (let n = 0; n < 20; n++) bus.emit('message.acked', { messageId: `${n}`, ms: 80 + n }, { account })
    for (let n = 0; n < 3; n++) bus.emit('session.opened', { ms: 100, reconnect: n > 0 }, { account })
  }
  await monitor.pass()
  const samples: AnyEvent[] = []
  for (const { account } of views)
    samples.push(
      bus.emit(
        'health.scored',
        {
          score: 97,
          confidence: 1,
          status: 'healthy',
          caps: [],
          factors: { uptime: 99.9, errorRate: 0.1 },
          issues: [],
        },
        { account },
      ),
    )
  let heldMs = 0
  let last = performance.now()
  let over = false
  const watch = (): void => {
    const now = performance.now()
    heldMs = Math.max(heldMs, now - last)
    last = now
    if (!over) setImmediate(watch)
  }
  setImmediate(watch)
  const startedAt = performance.now()
  await monitor.pass()
  const ms = performance.now() - startedAt
  over = true
  monitor.stop()
  return { ms, heldMs, samples }
}

async function flush(samples: readonly AnyEvent[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'linda-bench-'))
  const sql = await openStore(`sqlite:${join(folder, 'linda.db')}`, new Bus('bench'))
  try {
    await migrate(sql)
    const history = embeddedHistory(sql)
    const startedAt = performance.now()
    for (let i = 0; i < samples.length; i += BATCH) await history.append(samples.slice(i, i + BATCH))
    return performance.now() - startedAt
  } finally {
    await sql.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function checkByHand(): Promise<string> {
  const scene = await openScene({ paired: CHECKED })
  try {
    await scene.allUp(90_000)
    const sessions = scene.context.fleet.members().map(({ session }) => session)
    const times: number[] = []
    for (let run = 0; run < 10; run++) {
      const startedAt = performance.now()
      const checked = await checkAll(sessions, 1_500, new Bus('bench'))
      if (!checked.every(({ alive }) => alive)) throw new Error('a session did not answer')
      times.push(performance.now() - startedAt)
    }
    times.sort((a, b) => a - b)
    return `a check by hand of ${CHECKED} open sessions on the simulator: median ${times[5]?.toFixed(0)} ms, longest of 10 runs ${times.at(-1)?.toFixed(0)} ms\n`
  } finally {
    await scene.close()
  }
}

export async function benchHealth(): Promise<string> {
  const rows: string[][] = []
  for (const accounts of SIZES) {
    const { ms, heldMs, samples } = await score(accounts)
    const flushMs = await flush(samples)
    rows.push([
      String(accounts),
      ms.toFixed(1),
      ((1000 * ms) / accounts).toFixed(1),
      heldMs.toFixed(1),
      flushMs.toFixed(0),
      ((1000 * accounts) / flushMs).toFixed(0),
    ])
  }
  const head = ['accounts', 'pass ms', 'us per account', 'loop held ms', 'flush ms', 'samples per second']
  return `${table(head, rows, { right: head })}\n${await checkByHand()}`
}
