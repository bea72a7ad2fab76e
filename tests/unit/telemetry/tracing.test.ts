// Without an endpoint spans cost nothing and carry no ids, and whatever is done to them harms nobody.

import { expect, it } from 'vitest'
import { startTracing } from '../../../agent/telemetry/otel.ts'
import { attributes, openSpan, spans } from '../../../agent/telemetry/tracing.ts'

it('without an endpoint nothing is started, and stopping it is immediate', async () => {
  const before = { ...process.env }
  const stop = startTracing({ endpoint: null, serviceName: 'linda', nodeId: 'node-1' })
  await stop(60_000)
  expect(process.env).toEqual(before)
})

it.each(Object.keys(spans) as (keyof typeof spans)[])('a %s span has no trace then', (which) => {
  const span = openSpan(which, 'uae-1', { [attributes.attempt]: 1 })
  expect(span.trace).toBeUndefined()
  span.set({ [attributes.outcome]: 'ok' })
  span.end()
  span.end('again')
})

it('names are of low cardinality and attributes hold no phone', () => {
  for (const { name } of Object.values(spans)) expect(name).toMatch(/^[a-z]+ [a-z]+$/)
  for (const name of Object.values(attributes)) expect(name).toMatch(/^(messaging|linda)(\.[a-z]+)+$/)
})
