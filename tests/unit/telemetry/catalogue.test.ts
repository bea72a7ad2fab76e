// The metrics catalogue keeps to Prometheus' conventions, and no label can hold a phone number or grow without bound.

import { expect, it } from 'vitest'
import { catalogue, type MetricSpec } from '../../../agent/telemetry/catalogue.ts'

const specs = Object.values(catalogue) as readonly MetricSpec[]
const named = specs.map((spec) => [spec.name, spec] as const)

/** Labels whose values come from a list in the code or from the configuration. Another one must be argued for here. */
const bounded = new Set(
  [
    'account',
    'pool',
    'role',
    'region',
    'state',
    'reason',
    'outcome',
    'suspicion',
    'kind',
    'trap',
    'method',
    'code',
  ].concat([
    'version',
    'node_version',
    'baileys_version',
    'type',
    'driver',
    'operation',
    'route',
    'status',
    'why',
    'quantile',
    'factor',
    'issue',
    'severity',
    'webhook',
    'mode',
    'strategy',
    'trigger',
    'phase',
    'transport',
  ]),
)

it.each(named)('%s has a conventional name', (name, { type, unit }) => {
  expect(name).toMatch(/^(whatsapp|linda)_[a-z]+(_[a-z]+)*$/)
  expect(name.endsWith('_total')).toBe(type === 'counter')
  expect(/_(sum|count|bucket|info_total)$/.test(name)).toBe(false)
  if (unit === 'none') expect(name).not.toMatch(/_(seconds|bytes|ratio)$/)
  else expect(name.endsWith(`_${unit}`)).toBe(true)
})

it.each(named)('%s is explained in one sentence', (_, { help }) => {
  expect(help).toMatch(/^[A-Z].*\.$/)
  expect(help.slice(0, -1)).not.toMatch(/[.\n]/)
})

it.each(named)('%s has only bounded labels, each once', (_, { labels }) => {
  expect(new Set(labels).size).toBe(labels.length)
  for (const label of labels) {
    expect(label).toMatch(/^[a-z]+(_[a-z]+)*$/)
    expect(bounded).toContain(label)
    expect(label).not.toMatch(/(^|_)(phone|number|jid|lid|to|from|message|text|path|client)(_|$)/)
  }
})

it.each(named)(
  '%s has buckets exactly when it is a histogram, and they rise',
  (_, { type, buckets, exemplars }) => {
    expect(buckets !== undefined).toBe(type === 'histogram')
    if (exemplars) expect(type).toBe('histogram')
    const bounds = buckets ?? []
    expect(bounds).toEqual([...new Set(bounds)].toSorted((a, b) => a - b))
    if (bounds.length > 0) expect(bounds[0]).toBeGreaterThan(0)
  },
)

it('no name stands twice', () => {
  expect(new Set(specs.map(({ name }) => name)).size).toBe(specs.length)
})
