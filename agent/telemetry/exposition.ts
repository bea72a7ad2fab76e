// The registry as text, one metric at a time: a fleet of a thousand must not hold the event loop for the whole page.

import type { Registry } from 'prom-client'

/** The method is public in prom-client 15 and missing from its types. */
interface Renderer {
  getMetricsAsString(metric: unknown): Promise<string>
}

/** Renders OpenMetrics text, ending in `# EOF`. Gives the event loop a turn between metrics. */
export async function renderOpenMetrics(registry: Registry): Promise<string> {
  const parts: string[] = []
  for (const metric of registry.getMetricsAsArray()) {
    const named = metric as unknown as { name: string; type: string }
    // The family's name has no suffix in this format; its samples get it back.
    if (named.type === 'counter') named.name = named.name.replace(/_total$/, '')
    parts.push(await (registry as unknown as Renderer).getMetricsAsString(metric))
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return `${parts.join('\n')}\n# EOF\n`
}
