// A recording that is told again is a fleet that goes on: counters never fall, moments move along, and every sample has its time.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { variable } from '../../../grafana/src/look/variable.ts'
import { fillInfluxql, fillPromql } from '../../chaos/dashboards/fill.ts'
import { readScrape, retell } from '../../chaos/dashboards/recording.ts'

const text = (count: number, gauge: number) => `# HELP a_total x
# TYPE a counter
a_total{x="1 }"} ${count} # {trace_id="t"} 0.1 1.5
# TYPE b gauge
b ${gauge}
# TYPE h histogram
h_bucket{le="0.5"} ${count}
h_count ${count}
# TYPE seen_timestamp_seconds gauge
seen_timestamp_seconds{account="a"} 1000
# EOF
`

describe('a scrape', () => {
  it('knows its series, values and what grows', () => {
    expect(readScrape(text(7, 3), 5).samples).toEqual([
      { series: 'a_total{x="1 }"}', value: 7, grows: true },
      { series: 'b', value: 3, grows: false },
      { series: 'h_bucket{le="0.5"}', value: 7, grows: true },
      { series: 'h_count', value: 7, grows: true },
      { series: 'seen_timestamp_seconds{account="a"}', value: 1_000, grows: false },
    ])
  })
})

describe('told again', () => {
  const told = (counts: number[], moments: number) => {
    const recording = counts.map((count, i) => readScrape(text(count, i), 1_000_000 + 5_000 * i))
    const range = { from: 0, to: (moments - 1) * 300_000, everyMs: 300_000 }
    return [...retell(recording, 'job="linda"', range)]
  }
  const valuesOf = (all: ReturnType<typeof told>, series: string): number[] =>
    all.map(({ lines }) =>
      Number(
        lines
          .split('\n')
          .find((line) => line.startsWith(series))
          ?.split(' ')
          .at(-2),
      ),
    )

  it('counters never fall', () => {
    const grown = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 6 })
    fc.assert(
      fc.property(grown, fc.integer({ min: 1, max: 40 }), (steps, moments) => {
        let sum = 0
        const counts = steps.map((step) => (sum += step))
        const values = valuesOf(told(counts, moments), 'h_count')
        expect(values).toEqual([...values].sort((a, b) => a - b))
        expect(values).toHaveLength(moments)
      }),
      { numRuns: 50 },
    )
  })

  it('gauges repeat themselves, moments move, labels are added', () => {
    const all = told([1, 2], 4)
    expect(valuesOf(all, 'b{')).toEqual([0, 1, 0, 1])
    expect(valuesOf(all, 'seen_timestamp_seconds')).toEqual([0, 295, 600, 895])
    expect(all[0]?.lines).toContain('a_total{x="1 }",job="linda"} 1 0\n')
    expect(all[1]?.lines).toContain('b{job="linda"} 1 300\n')
  })

  it('of nothing is refused', () => {
    expect(() => [...retell([], '', { from: 0, to: 1, everyMs: 1 })]).toThrow('nothing was recorded')
  })
})

describe('variables', () => {
  const filling = { values: { account: '.+' }, rangeSeconds: 3_600, stepSeconds: 15, scrapeSeconds: 15 }
  it('are filled in as Grafana does', () => {
    expect(fillPromql('rate(x{a=~"$account"}[$__rate_interval])', filling)).toBe('rate(x{a=~".+"}[60s])')
    expect(fillPromql('time() - $__rate_interval_ms / 1000', filling)).toBe('time() - 60000 / 1000')
    expect(fillPromql(`x[${variable('__range')}] + $__range_s`, filling)).toBe('x[3600s] + 3600')
    expect(fillPromql('x[$__rate_interval]', { ...filling, stepSeconds: 300 })).toBe('x[315s]')
    expect(fillInfluxql('$timeFilter AND a =~ /^$account$/', filling, 3_600_000)).toBe(
      'time >= 0ms AND time <= 3600000ms AND a =~ /^.+$/',
    )
  })

  it('of label_replace are none, and an unknown one is a mistake', () => {
    expect(fillPromql('label_replace(x, "a", "$1", "b", "(.*)")', filling)).toContain('"$1"')
    expect(() => fillPromql('x{a="$other"}', filling)).toThrow('found $other, allowed: account')
  })
})
