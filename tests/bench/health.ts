// Scoring passes, flushes of the history and of the sums for fleets of three sizes, and a check by hand of a hundred live sessions.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { table } from '../../agent/cli/table.ts'
import { type AnyEvent, Bus } from '../../agent/events.ts'
import { checkAll } from '../../agent/health/check.ts'
import { BUCKET_MS, fields, RollingCounts } from '../../agent/health/counts.ts'
import { KeptCounts } from '../../agent/health/kept-counts.ts'
import { HealthMonitor } from '../../agent/health/monitor.ts'
import type { View } from '../../agent/health/view.ts'
import { embeddedHistory } from '../../agent/history/embedded.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { openStore } from '../../agent/store/open.ts'
import type { Sql } from '../../agent/store/sql.ts'
import { openScene } from '../harness/scene.ts'
import { thresholds, weights } from '../unit/health/settings.ts'

const SIZES = [100, 1_000, 10_000]
const CHECKED = 100
/** As many as the journal writes at once. */
const BATCH = 100
/** In half hours. */
const DAY = 48

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
  const took = await timed(() => monitor.pass())
  monitor.stop()
  return { ...took, samples }
}

interface Timed {
  ms: number
  /** The longest time for which nothing else had a turn: waits for the disk and for other processes included. */
  heldMs: number
  /** The most that one turn worked. */
  workedMs: number
}

async function timed(work: () => Promise<void>): Promise<Timed> {
  let heldMs = 0
  let workedMs = 0
  let cpu = threadCpuMs()
  let last = performance.now()
  let over = false
  const watch = (): void => {
    const now = performance.now()
    heldMs = Math.max(heldMs, now - last)
    const worked = threadCpuMs()
    workedMs = Math.max(workedMs, worked - cpu)
    last = now
    cpu = worked
    if (!over) setImmediate(watch)
  }
  setImmediate(watch)
  const startedAt = performance.now()
  await work()
  const ms = performance.now() - startedAt
  over = true
  return { ms, heldMs, workedMs }
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

async function withStore<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'linda-bench-'))
  const sql = await openStore(`sqlite:${join(folder, 'linda.db')}`, new Bus('bench'))
  try {
    await migrate(sql)
    return await work(sql)
  } finally {
    await sql.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function flush(samples: readonly AnyEvent[]): Promise<number> {
  return withStore(async (sql) => {
    const history = embeddedHistory(sql)
    const startedAt = performance.now()
    for (let i = 0; i < samples.length; i += BATCH) await history.append(samples.slice(i, i + BATCH))
    return performance.now() - startedAt
  })
}

/** A day of half hours in which everybody was busy; then one flush of the last half hour, and one start that reads all of them back. */
function keep(accounts: number): Promise<string[]> {
  const names = Array.from({ length: accounts }, (_, i) => `a-${i}`)
  let mono = 0
  const life = (sql: Sql, startedAt: number) => {
    const all = new Map(names.map((name) => [name, new RollingCounts()]))
    const counts = (account: string) => all.get(account) as RollingCounts
    const wall = () => startedAt + mono
    const parts = {
      sql,
      bus: new Bus('bench'),
      accounts: () => all.keys(),
      counts,
      wall,
      monotonic: () => mono,
    }
    return { counts, kept: new KeptCounts(parts) }
  }
  return withStore(async (sql) => {
    const first = life(sql, 1_700_000_000_000)
    let flushed: Timed = { ms: 0, heldMs: 0, workedMs: 0 }
    for (let half = 0; half < DAY; half++) {
      mono = half * BUCKET_MS + 1
      for (const name of names) for (const field of fields) first.counts(name).add(field, 1_234.5, mono)
      flushed = await timed(() => first.kept.write())
    }
    const next = life(sql, 1_700_000_001_000)
    const recalled = await timed(() => next.kept.recall(names))
    return [flushed, recalled].flatMap(({ ms, heldMs, workedMs }) =>
      [ms, heldMs, workedMs].map((each) => each.toFixed(0)),
    )
  })
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
  const kept: string[][] = []
  for (const accounts of SIZES) kept.push([String(accounts), ...(await keep(accounts))])
  const turns = ['loop held ms', 'busiest turn ms']
  const keptHead = ['accounts', 'sums written ms', ...turns, 'day read back ms', ...turns]
  return `${table(head, rows, { right: head })}\n${table(keptHead, kept, { right: keptHead })}\n${await checkByHand()}`
}
