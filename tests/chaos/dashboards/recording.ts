// What an agent showed over a while, told again and again over weeks: counters go on from one telling to the next, gauges repeat themselves.

export interface Sample {
  /** Name and labels, as they were scraped. */
  series: string
  value: number
  /** What only ever grows: the difference of a telling is added to the next one. */
  grows: boolean
}

export interface Scrape {
  /** Milliseconds since the epoch. */
  at: number
  samples: readonly Sample[]
}

/** @param text OpenMetrics, with exemplars or without */
export function readScrape(text: string, at: number): Scrape {
  const grows = new Set<string>()
  const samples: Sample[] = []
  for (const line of text.split('\n')) {
    const [, family = '', type = ''] = /^# TYPE (\S+) (\w+)$/.exec(line) ?? []
    if (type === 'counter' || type === 'histogram') grows.add(family)
    if (line === '' || line.startsWith('#')) continue
    const [, name = '', labels = '', value = ''] =
      /^(\w+)(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})? (\S+)/.exec(line) ?? []
    if (name === '' || Number.isNaN(Number(value))) continue
    const family_ = name.replace(/_(total|bucket|sum|count|created)$/, '')
    samples.push({
      series: name + labels,
      value: Number(value),
      grows: grows.has(family_) || grows.has(name),
    })
  }
  return { at, samples }
}

/** Gauges that hold a moment, which moves with the telling. */
const moments = /^\w*_timestamp_seconds\b/

/** Tells the recording again from `from` to `to` (milliseconds), a moment every `everyMs`: lines of OpenMetrics, with more labels. */
export function* retell(
  recording: readonly Scrape[],
  labels: string,
  { from, to, everyMs }: { from: number; to: number; everyMs: number },
): Generator<{ at: number; lines: string; count: number }> {
  const [first] = recording
  const last = recording.at(-1)
  if (!first || !last) throw new Error('nothing was recorded')
  const base = new Map(first.samples.map(({ series, value }) => [series, value]))
  const grown = new Map(last.samples.map(({ series, value }) => [series, value - (base.get(series) ?? 0)]))
  const named = new Map(
    last.samples.concat(first.samples).map(({ series }) => [series, withLabels(series, labels)]),
  )
  let step = 0
  for (let at = from; at <= to; at += everyMs) {
    const tellings = Math.floor(step / recording.length)
    const { samples, at: then } = recording[step % recording.length] as Scrape
    const lines = samples.map(({ series, value, grows }) => {
      const told = grows
        ? value + tellings * (grown.get(series) ?? 0)
        : moments.test(series)
          ? value + (at - then) / 1_000
          : value
      return `${named.get(series) ?? withLabels(series, labels)} ${told} ${at / 1_000}\n`
    })
    yield { at, lines: lines.join(''), count: lines.length }
    step += 1
  }
}

function withLabels(series: string, labels: string): string {
  return series.endsWith('}') ? `${series.slice(0, -1)},${labels}}` : `${series}{${labels}}`
}
