// Every query of every dashboard against servers that hold weeks of a fleet in trouble: it parses, it is answered, and something comes back.

import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { all } from '../../../grafana/src/dashboards/index.ts'
import { hasInflux } from '../../harness/influx.ts'
import { openPagingStage, type PagingStage } from '../../harness/paging-stage.ts'
import { hasPrometheus, type Prometheus, startPrometheus } from '../../harness/prometheus.ts'
import { until } from '../../harness/until.ts'
import type { OnProgress } from '../main.ts'
import type { ChaosOptions } from '../options.ts'
import type { Report, Table } from '../report.ts'
import { type Answer, askAll, exemplars } from './ask.ts'
import { backfillHistory, backfillMetrics } from './backfill.ts'
import { readScrape, type Scrape } from './recording.ts'
import { type Play, startPlay } from './stage.ts'

const DAYS = 35
const root = join(import.meta.dirname, '../../..')

export async function runDashboards(options: ChaosOptions, progress: OnProgress): Promise<Report> {
  const { name, runs, seed, minutes } = options
  if (!hasPrometheus || !hasInflux) throw new Error('prometheus, promtool and influxd must be installed')
  const directory = await mkdtemp(join(tmpdir(), 'dashboards-'))
  const say = (words: string): void => progress(0, words)
  let prometheus: Prometheus | null = null
  let play: Play | null = null
  let paging: PagingStage | null = null
  try {
    say('the demo begins')
    play = await startPlay(root, directory, seed)
    paging = await openPagingStage({ pace: 'quick' })
    const { metricsUrl } = play.stage
    const endAt = Date.now() + minutes * 60_000
    const recording = await record(metricsUrl, (minutes * 60_000) / 3)
    const series = recording.at(-1)?.samples.length ?? 0
    say(`${series} series recorded; ${DAYS} days are made of them`)
    const instance = new URL(metricsUrl).host
    const blocks = join(directory, 'blocks')
    const place = { days: DAYS, until: Date.now() - 60_000, folder: blocks }
    const samples = await backfillMetrics(recording, `job="linda",instance="${instance}"`, place)
    const events = await backfillHistory(play.influx.url, Date.now())
    say(`${samples} samples and ${events} events told again; Prometheus begins`)
    const itself = join(directory, 'itself.json')
    const flags = ['--storage.tsdb.retention.time=60d']
    prometheus = await startPrometheus(await configOf(instance, itself, paging), flags, (data) =>
      rename(blocks, data),
    )
    await writeFile(itself, JSON.stringify([{ targets: [new URL(prometheus.url).host] }]))
    await sleepUntil(Math.max(endAt, Date.now() + (minutes * 60_000) / 2))
    // The slowest group of rules is evaluated every two minutes, and its series come in turns.
    await until('the budgets are recorded', () => recorded(prometheus as Prometheus), 300_000)
    say(`${play.faults()} faults later the questions are asked`)
    const servers = { prometheus, influx: play.influx }
    const answers: Record<string, Answer[]> = {}
    const slow: Record<string, Answer[]> = {}
    for (const made of all) {
      answers[made.name] = await askAll(made, servers)
      slow[made.name] = await askAll(made, servers, DAYS - 5)
    }
    let traces = 0
    for (const made of all) traces += await exemplars(made, prometheus)
    const told = await paging.counted('pager_notifications_total')
    const figures = { series, samples, events, faults: play.faults(), exemplars: traces, told }
    return { name, runs, seed, ...judged(answers, slow, traces), figures }
  } finally {
    await prometheus?.close()
    await paging?.close()
    await play?.close()
    await rm(directory, { recursive: true, force: true })
  }
}

/** A scrape every five seconds. */
async function record(metricsUrl: string, forMs: number): Promise<Scrape[]> {
  const scrapes: Scrape[] = []
  for (const endAt = Date.now() + forMs; Date.now() < endAt; await sleep(5_000)) {
    const response = await fetch(`${metricsUrl}/metrics`)
    scrapes.push(readScrape(await response.text(), Date.now()))
  }
  return scrapes
}

async function configOf(
  instance: string,
  itself: string,
  paging: PagingStage,
): Promise<Record<string, unknown>> {
  const { metricsUrl } = await paging.pager().listening()
  const host = (url: string): string => new URL(url).host
  return {
    global: { scrape_interval: '10s', scrape_timeout: '10s', evaluation_interval: '15s' },
    rule_files: [join(root, 'prometheus/rules/*.yml')],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [host(paging.alertmanager().url)] }] }] },
    scrape_configs: [
      { job_name: 'linda', static_configs: [{ targets: [instance] }] },
      { job_name: 'linda-pager', static_configs: [{ targets: [host(metricsUrl)] }] },
      // Its own metrics are what Paging watches the watcher by; its port is known once it runs.
      { job_name: 'prometheus', file_sd_configs: [{ files: [itself] }] },
    ],
  }
}

async function recorded(prometheus: Prometheus): Promise<boolean> {
  const found = await prometheus.query('{__name__=~"linda:(pool_)?(session|message)_.*"}', '__name__')
  return found.has('linda:pool_session_error_budget:left') && found.has('linda:message_error_budget:left')
}

async function sleepUntil(at: number): Promise<void> {
  while (Date.now() < at) await sleep(Math.min(1_000, Math.max(1, at - Date.now())))
}

function judged(
  answers: Record<string, Answer[]>,
  slow: Record<string, Answer[]>,
  traces: number,
): Pick<Report, 'violations' | 'tables' | 'remarks'> {
  const violations: string[] = []
  const remarks = new Set<string>()
  const table: Table = {}
  for (const [name, asked] of Object.entries(answers)) {
    const long = slow[name] ?? []
    const failed = [...asked, ...long].filter((one) => one.failed !== null)
    violations.push(...failed.map((one) => `${one.where}: ${one.failed}`))
    const empty = asked.filter((one) => one.empty)
    for (const { where, text, mayBeEmpty } of empty) {
      if (mayBeEmpty === null)
        violations.push(`${where}: nothing came back from ${text.replaceAll(/\s+/g, ' ')}`)
      else remarks.add(`${where} is empty: ${mayBeEmpty}`)
    }
    table[name] = {
      queries: asked.length,
      failed: failed.length,
      empty: empty.filter(({ mayBeEmpty }) => mayBeEmpty === null).length,
      'empty, as may be': empty.filter(({ mayBeEmpty }) => mayBeEmpty !== null).length,
      'slowest ms': Math.max(...asked.map(({ ms }) => ms)),
      'over 30 d ms': Math.max(...long.map(({ ms }) => ms)),
    }
  }
  if (traces === 0) violations.push('no exemplar was found, although traces were on')
  return { violations, tables: { dashboard: table }, remarks: [...remarks] }
}
