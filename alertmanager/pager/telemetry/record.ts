// Counters and histograms follow events: each event has at most one line here. Series that an alert asks for are there from the start.

import type { Instruments } from '../../../agent/telemetry/instruments.ts'
import type { Event, Events, EventType } from '../events.ts'
import { ackWays, attemptOutcomes, type ChannelName, deliveryOutcomes } from '../words.ts'
import type { PagerMetric } from './catalogue.ts'

type To = Instruments<PagerMetric>
type Recorder = { [T in EventType]?: (event: Extract<Event, { type: T }>, to: To) => void }

const recorder: Recorder = {
  'webhook.accepted': (_, to) => to.counter('webhooks').inc({ outcome: 'accepted' }),
  'webhook.refused': (_, to) => to.counter('webhooks').inc({ outcome: 'refused' }),
  'webhook.failed': (_, to) => to.counter('webhooks').inc({ outcome: 'failed' }),
  'webhook.mistaken': ({ what }, to) => to.counter('mistakes').inc({ what }),
  'page.acknowledged': ({ via }, to) => to.counter('acknowledgements').inc({ via }),
  'delivery.spared': ({ channel }, to) => to.counter('duplicates').inc({ channel }),
  'delivery.tried': ({ channel, outcome }, to) => to.counter('attempts').inc({ channel, outcome }),
  'delivery.retried': ({ channel }, to) => to.counter('retries').inc({ channel }),
  'delivery.doubtful': ({ channel }, to) => to.counter('possibleDuplicates').inc({ channel }),
  'delivery.ended': ({ channel, outcome, delayMs }, to) => {
    to.counter('notifications').inc({ channel, outcome })
    if (delayMs !== null) to.observe('delay', delayMs / 1_000, { channel })
  },
  'callback.heard': ({ kind, outcome }, to) => to.counter('callbacks').inc({ kind, outcome }),
  'heartbeat.heard': ({ at }, to) => to.gauge('heartbeat').set(at / 1_000),
  'heartbeat.passed-on': ({ outcome }, to) => to.counter('heartbeatPings').inc({ outcome }),
  'store.failed': ({ operation }, to) => to.counter('storeErrors').inc({ operation }),
  'pager.failed': ({ doing }, to) => to.counter('failures').inc({ doing }),
}

/** Counts every event; answers the function that stops it. */
export function recordEvents(events: Events, to: To): () => void {
  return events.hear((event) => {
    const record = recorder[event.type] as ((event: Event, to: To) => void) | undefined
    record?.(event, to)
  })
}

/** So that the first failure is an increase and not a new series. */
export function startAtZero(to: To, channels: readonly ChannelName[]): void {
  for (const channel of channels) {
    for (const outcome of deliveryOutcomes) to.counter('notifications').inc({ channel, outcome }, 0)
    for (const outcome of attemptOutcomes) to.counter('attempts').inc({ channel, outcome }, 0)
    for (const key of ['retries', 'possibleDuplicates', 'duplicates'] as const)
      to.counter(key).inc({ channel }, 0)
  }
  for (const via of ackWays) to.counter('acknowledgements').inc({ via }, 0)
  for (const outcome of ['accepted', 'refused', 'failed']) to.counter('webhooks').inc({ outcome }, 0)
  for (const what of ['unknown-receiver', 'odd-severity']) to.counter('mistakes').inc({ what }, 0)
  for (const outcome of ['ok', 'failed']) to.counter('heartbeatPings').inc({ outcome }, 0)
}
