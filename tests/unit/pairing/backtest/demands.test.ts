// What the default policy must do on every kind of trace, whatever the seed, and the table of the decision that says so.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Kind, kindNames, meanOf, names, outcome, people, runAll, seeds } from './runs.ts'

beforeAll(runAll, 120_000)

const per100 = (kind: Kind, seed: number, name: (typeof names)[number]) =>
  outcome(kind, seed, name).per100 ?? Number.POSITIVE_INFINITY

describe.each(kindNames)('%s', (kind) => {
  it('the learned p95 is within 15% of the true one, in the median from the 300th attempt on', () => {
    for (const seed of seeds)
      expect(outcome(kind, seed, 'survival').p95Error, `seed ${seed}`).toBeLessThan(0.15)
  })

  it('at most 2 more regenerations per 100 connections than with 180 s for everybody', () => {
    for (const seed of seeds)
      expect(per100(kind, seed, 'survival') - per100(kind, seed, 'fixed180'), `seed ${seed}`).toBeLessThan(2)
  })
})

it.each(['slow', 'shift'] as const)('%s: at most half of the regenerations of 60 s for everybody', (kind) => {
  for (const seed of seeds)
    expect(per100(kind, seed, 'survival'), `seed ${seed}`).toBeLessThan(per100(kind, seed, 'fixed60') / 2)
})

it('fast: the mean window is at most 60% of 180 s', () => {
  for (const seed of seeds)
    expect(outcome('fast', seed, 'survival').meanWindowMs, `seed ${seed}`).toBeLessThan(108_000)
})

it('the regenerations that a shift causes end within 30 people and do not come back', () => {
  for (const seed of seeds) {
    // Who is slower than any window has all three regenerations under every policy.
    const avoidable = outcome('shift', seed, 'survival').each.map((n): number => (n === 1 ? 1 : 0))
    const sum = (from: number, to: number) => avoidable.slice(from, to).reduce((a, b) => a + b, 0)
    const [shift, calm] = [people / 2, people / 2 + 30]
    expect(sum(shift, calm), `seed ${seed}`).toBeLessThan(10)
    for (let from = calm; from < people; from += 110)
      expect(sum(from, from + 110), `seed ${seed}, people ${from} to ${from + 110}`).toBeLessThan(6)
  }
})

it('docs/decisions/0011-the-pairing-window.md shows what is measured here', () => {
  const file = join(import.meta.dirname, '../../../../docs/decisions/0011-the-pairing-window.md')
  const text = readFileSync(file, 'utf8')
  for (const kind of kindNames)
    for (const name of names) {
      const figures = [
        meanOf(kind, name, (o) => o.per100).toFixed(1),
        `${(meanOf(kind, name, (o) => o.meanWindowMs) / 1000).toFixed(0)} s`,
        `${(meanOf(kind, name, (o) => o.wastedMs) / 60_000).toFixed(0)} min`,
        `${(100 * meanOf(kind, name, (o) => o.p95Error)).toFixed(1)}%`,
      ]
      expect(text).toContain(`| ${[kind, name, ...figures].join(' | ')} |`)
    }
})
