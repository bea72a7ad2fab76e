// Traces leave the process only when an OTLP endpoint is configured; metrics and logs never go that way.

import { context, propagation, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { NodeSDK } from '@opentelemetry/sdk-node'

export interface TracingOptions {
  /** Base URL of an OTLP/HTTP receiver, for example http://tempo:4318; null for no tracing. */
  endpoint: string | null
  serviceName: string
  nodeId: string
}

/** Starts exporting; answers the function that flushes what is left and stops, bounded by `timeoutMs`. */
export function startTracing({
  endpoint,
  serviceName,
  nodeId,
}: TracingOptions): (timeoutMs: number) => Promise<void> {
  if (endpoint === null) return async () => {}
  // The SDK would otherwise start exporters of its own for these.
  process.env.OTEL_METRICS_EXPORTER = 'none'
  process.env.OTEL_LOGS_EXPORTER = 'none'
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.instance.id': nodeId }),
    // What the SDK would find out by itself holds the command line, the owner and a random id in place of the node's.
    resourceDetectors: [envDetector],
    traceExporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }),
    instrumentations: [],
  })
  sdk.start()
  return async (timeoutMs) => {
    const timer = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref())
    await Promise.race([sdk.shutdown().catch(() => {}), timer])
    // A provider that is shut down still hands out ids: spans that no receiver will ever know.
    for (const api of [trace, context, propagation]) api.disable()
  }
}
