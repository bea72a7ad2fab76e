// The shape of one metric as data, and short ways to write it.

export interface MetricSpec {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly unit: 'seconds' | 'ratio' | 'score' | 'bytes' | 'none'
  readonly labels: readonly string[]
  /** Upper bounds, for histograms. */
  readonly buckets?: readonly number[]
  /** Observations carry the id of their trace. */
  readonly exemplars?: true
}

/** Upper bounds for what should be quick: an answer, a delivery. */
export const quickSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Upper bounds for the way of a message to the server or a phone. */
export const messageSeconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

export function counter(name: string, help: string, labels: readonly string[] = []): MetricSpec {
  return { name, type: 'counter', help, unit: 'none', labels }
}
export function gauge(
  name: string,
  help: string,
  labels: readonly string[],
  unit: MetricSpec['unit'] = 'none',
): MetricSpec {
  return { name, type: 'gauge', help, unit, labels }
}
export function histogram(
  name: string,
  help: string,
  labels: readonly string[],
  buckets: readonly number[],
  exemplars?: true,
): MetricSpec {
  const spec = { name, type: 'histogram', help, unit: 'seconds', labels, buckets } as const
  return exemplars ? { ...spec, exemplars } : spec
}

/** Most metrics are of one account. */
export const account = ['account']
