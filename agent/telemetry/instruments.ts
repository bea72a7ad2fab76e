// The instruments of one registry, made from the catalogue and from nothing else.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { catalogue, type MetricKey, type MetricSpec } from './catalogue.ts'

/** One exposition format per process: rendering both from one registry renames its counters. */
export type Format = 'openmetrics' | 'classic'

type Made = Counter | Gauge | Histogram

export class Instruments<K extends string = MetricKey> {
  readonly registry: Registry
  #made = new Map<K, Made>()

  /** @param specs the agent's own where it is left out */
  constructor(format: Format, specs: Readonly<Record<K, MetricSpec>> = catalogue as never) {
    const registry = new Registry()
    if (format === 'openmetrics') registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)
    this.registry = registry
    for (const [key, spec] of Object.entries<MetricSpec>(specs))
      this.#made.set(key as K, make(spec, registry, format === 'openmetrics'))
    collectDefaultMetrics({ register: registry })
    // Gauges whose names end in _total fail the lint of the format.
    for (const name of ['handles', 'requests', 'resources'])
      registry.removeSingleMetric(`nodejs_active_${name}_total`)
  }

  counter(key: K): Counter {
    return this.#get(key) as Counter
  }

  gauge(key: K): Gauge {
    return this.#get(key) as Gauge
  }

  /** Observes seconds; the trace becomes an exemplar where the histogram keeps them. */
  observe(key: K, seconds: number, labels: Record<string, string> = {}, traceId?: string): void {
    const histogram = this.#get(key) as Histogram
    if (exemplarsOf(histogram))
      histogram.observe({
        labels,
        value: seconds,
        ...(traceId ? { exemplarLabels: { trace_id: traceId } } : {}),
      } as never)
    else histogram.observe(labels, seconds)
  }

  #get(key: K): Made {
    const made = this.#made.get(key)
    if (!made) throw new Error(`no metric ${key} in the catalogue`)
    return made
  }
}

function make(spec: MetricSpec, registry: Registry, exemplars: boolean): Made {
  const base = { name: spec.name, help: spec.help, labelNames: [...spec.labels], registers: [registry] }
  if (spec.type === 'counter') return new Counter(base)
  if (spec.type === 'gauge') return new Gauge(base)
  const enableExemplars = exemplars && spec.exemplars === true
  return new Histogram({ ...base, buckets: [...(spec.buckets ?? [])], enableExemplars } as never)
}

/** prom-client changes the signature of `observe` with this switch. */
function exemplarsOf(histogram: Histogram): boolean {
  return (histogram as unknown as { enableExemplars?: boolean }).enableExemplars === true
}

/** Sets the gauge anew whenever it is read. prom-client takes `collect` only in the constructor's options. */
export function fillWhenRead(gauge: Gauge, fill: (gauge: Gauge) => void): void {
  const settable = gauge as unknown as { collect: () => void }
  settable.collect = () => {
    gauge.reset()
    fill(gauge)
  }
}
