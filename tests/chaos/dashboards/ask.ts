// Every query of a dashboard, put to the servers as Grafana would, with what came of it.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Made } from '../../../grafana/src/dashboard.ts'
import type { Query } from '../../../grafana/src/queries/query.ts'
import type { InfluxServer } from '../../harness/influx.ts'
import type { Prometheus } from '../../harness/prometheus.ts'
import { type Filling, fillInfluxql, fillPromql } from './fill.ts'
import { database } from './stage.ts'

export interface Answer {
  where: string
  /** The query as it was put. */
  text: string
  /** What the server said against it; null when it answered. */
  failed: string | null
  empty: boolean
  /** Why it may be. */
  mayBeEmpty: string | null
  ms: number
}

export interface Servers {
  prometheus: Prometheus
  influx: InfluxServer
}

/** Grafana's data source has it from its provisioning. */
const SCRAPE_SECONDS = 15
/** Points of a panel of half the width of a screen. */
const MOST_POINTS = 1_000

/** @param days asks over so many days instead of the range of the dashboard */
export async function askAll(made: Made, servers: Servers, days?: number): Promise<Answer[]> {
  const { values, answers } = await askVariables(made, servers.prometheus)
  for (const { panel, query, over } of made.asked) {
    const range = days === undefined ? (over ?? made.model.time?.from ?? 'now-1h') : `${days}d`
    const rangeSeconds = secondsOf(range)
    const step = query.kind === 'prometheus' && query.step ? secondsOf(query.step) : SCRAPE_SECONDS
    const stepSeconds = Math.max(step, Math.ceil(rangeSeconds / MOST_POINTS))
    const filling = { values, rangeSeconds, stepSeconds, scrapeSeconds: SCRAPE_SECONDS }
    const text = textOf(query, filling)
    const where = `${made.name}: ${panel}`
    const about = { where, text, mayBeEmpty: query.mayBeEmpty ?? null }
    answers.push(await patiently(() => timed(about, () => ask(query, text, filling, servers))))
  }
  return answers
}

/** Their values are the first that the server knows, or what stands for all. */
async function askVariables(
  made: Made,
  prometheus: Prometheus,
): Promise<{ values: Record<string, string>; answers: Answer[] }> {
  const values: Record<string, string> = {}
  const answers: Answer[] = []
  for (const { name, type, definition = '', includeAll, allValue } of made.model.templating.list ?? []) {
    if (type !== 'query') continue
    const [, series = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? []
    const filled = fillPromql(series, { values, rangeSeconds: 0, stepSeconds: 0, scrapeSeconds: 0 })
    let first = ''
    const answer = await timed(
      { where: `${made.name}: variable ${name}`, text: filled, mayBeEmpty: null },
      async () => {
        const found = await get<string[]>(
          prometheus,
          `/api/v1/label/${label}/values?${form({ 'match[]': filled })}`,
        )
        first = found[0] ?? ''
        return found.length
      },
    )
    answers.push(answer)
    values[name] = includeAll ? (allValue ?? '.+') : first
  }
  return { values, answers }
}

function textOf(query: Query, filling: Filling): string {
  return query.kind === 'influx'
    ? fillInfluxql(query.query, filling, Date.now())
    : fillPromql(query.expr, filling)
}

/** How many series or rows came that hold a number. */
async function ask(
  query: Query,
  text: string,
  { rangeSeconds, stepSeconds }: Filling,
  { prometheus, influx }: Servers,
): Promise<number> {
  if (query.kind === 'influx') return (await influx.query(text, database)).length
  const end = Math.floor(Date.now() / 1_000)
  // The last point is now: what has been recorded for minutes is seen in a range of weeks, too.
  const start = end - Math.floor(rangeSeconds / stepSeconds) * stepSeconds
  const path = query.instant
    ? `/api/v1/query?${form({ query: text, time: end })}`
    : `/api/v1/query_range?${form({ query: text, start, end, step: stepSeconds })}`
  const { result } = await get<{ result: { value?: Point; values?: Point[] }[] }>(prometheus, path)
  return result.filter(({ value, values = [] }) =>
    (value ? [value] : values).some(([, text]) => text !== 'NaN'),
  ).length
}

type Point = [number, string]

/** Of those queries that ask for them: how many traces were found. */
export async function exemplars(made: Made, prometheus: Prometheus): Promise<number> {
  const now = Math.floor(Date.now() / 1_000)
  let found = 0
  for (const { query } of made.asked) {
    if (query.kind !== 'prometheus' || !query.exemplars) continue
    const values = { job: '.+', pool: '.+', region: '.+', account: '.+' }
    const filled = fillPromql(query.expr, { values, rangeSeconds: 3_600, stepSeconds: 15, scrapeSeconds: 15 })
    const path = `/api/v1/query_exemplars?${form({ query: filled, start: now - 3_600, end: now })}`
    const series = await get<{ exemplars: unknown[] }[]>(prometheus, path)
    found += series.reduce((sum, one) => sum + one.exemplars.length, 0)
  }
  return found
}

/** One scrape that a busy machine missed makes every series of the agent stale until the next one: what must be there is asked for again. */
async function patiently(question: () => Promise<Answer>): Promise<Answer> {
  let answer = await question()
  for (let again = 0; again < 12 && answer.empty && answer.mayBeEmpty === null; again++) {
    await sleep(5_000)
    answer = await question()
  }
  return answer
}

async function timed(
  about: Pick<Answer, 'where' | 'text' | 'mayBeEmpty'>,
  work: () => Promise<number>,
): Promise<Answer> {
  const startedAt = performance.now()
  const found = await work().catch((error: Error) => error.message)
  const ms = Math.round(performance.now() - startedAt)
  return { ...about, failed: typeof found === 'string' ? found : null, empty: found === 0, ms }
}

/** Rejects with what Prometheus says. */
async function get<T>({ url }: Prometheus, path: string): Promise<T> {
  const response = await fetch(url + path, { signal: AbortSignal.timeout(60_000) })
  const answer = (await response.json()) as { status: string; data: T; error?: string }
  if (answer.status !== 'success') throw new Error(answer.error ?? `HTTP ${response.status}`)
  return answer.data
}

function form(values: Record<string, string | number>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(values).map(([name, value]): [string, string] => [name, String(value)]),
  )
}

/** Of `now-3h`, `365d` or `30s`. */
function secondsOf(text: string): number {
  const [, number = '', unit = ''] = /^(?:now-)?(\d+)([smhd])$/.exec(text) ?? []
  const seconds = { s: 1, m: 60, h: 3_600, d: 86_400 }[unit]
  if (seconds === undefined) throw new Error(`found ${text}, allowed: a time such as now-3h`)
  return Number(number) * seconds
}
