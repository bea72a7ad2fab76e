// Spans are opened at the edges through this file; the names and attributes of all of them stand here.

import { isSpanContextValid, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Trace } from '../events.ts'

/** Every span Linda opens. Names are of low cardinality: the account is an attribute. */
export const spans = {
  connect: { name: 'connect whatsapp', kind: SpanKind.CLIENT },
  pairing: { name: 'pair whatsapp', kind: SpanKind.CLIENT },
  failover: { name: 'fail over', kind: SpanKind.INTERNAL },
  accept: { name: 'create whatsapp', kind: SpanKind.PRODUCER },
  send: { name: 'send whatsapp', kind: SpanKind.PRODUCER },
  receive: { name: 'process whatsapp', kind: SpanKind.CONSUMER },
  deliver: { name: 'deliver webhook', kind: SpanKind.CLIENT },
} as const

/**
 * Attribute names. The messaging ones follow OpenTelemetry's semantic conventions for messaging, still marked
 * Development; a change there is a change here only.
 */
export const attributes = {
  system: 'messaging.system',
  operation: 'messaging.operation.type',
  messageId: 'messaging.message.id',
  account: 'linda.account',
  outcome: 'linda.outcome',
  reason: 'linda.reason',
  attempt: 'linda.attempt',
  webhook: 'linda.webhook',
} as const

type Attributes = Record<string, string | number | boolean>

/** An open span. Without a configured endpoint it costs next to nothing and `trace` is undefined. */
export interface OpenSpan {
  readonly trace: Trace | undefined
  set(attributes: Attributes): void
  /** Ends it; with words, as an error. Ending twice does nothing. */
  end(error?: string): void
}

export function openSpan(which: keyof typeof spans, account: string, more: Attributes = {}): OpenSpan {
  const { name, kind } = spans[which]
  const span = trace.getTracer('linda').startSpan(name, {
    kind,
    attributes: { [attributes.system]: 'whatsapp', [attributes.account]: account, ...more },
  })
  const { traceId, spanId } = span.spanContext()
  let ended = false
  return {
    trace: isSpanContextValid(span.spanContext()) ? { traceId, spanId } : undefined,
    set: (values) => span.setAttributes(values),
    end: (error) => {
      if (ended) return
      ended = true
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error })
      span.end()
    },
  }
}
