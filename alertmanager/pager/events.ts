// Everything that can happen in the pager, and who hears it: rooms tell, the metrics and the log listen. No phone number and no text is in here.

import type { Level } from '../../agent/events.ts'
import type {
  AckWay,
  AttemptOutcome,
  ChannelName,
  DeliveryOutcome,
  HoldReason,
  NoticeKind,
  Severity,
} from './words.ts'

interface Of {
  page: string
  delivery: string
  recipient: string
  channel: ChannelName
}

export interface EventData {
  'pager.started': { version: string; recipients: number; receivers: number }
  'pager.stopping': { signal: string }
  'pager.stopped': { ms: number }
  'webhook.accepted': { receiver: string; verdict: string; page: string | null; deliveries: number }
  'webhook.refused': { status: number; why: string }
  'webhook.failed': { detail: string }
  'webhook.mistaken': { what: 'unknown-receiver' | 'odd-severity'; receiver: string }
  'page.opened': { page: string; alert: string; account: string | null; severity: Severity }
  'page.told': { page: string; kind: NoticeKind; severity: Severity; deliveries: number }
  'page.ended': { page: string; why: 'resolved' | 'forgotten' | 'recurred' }
  'page.acknowledged': { page: string; via: AckWay; who: string; cancelled: number }
  'delivery.spared': { page: string; recipient: string; channel: ChannelName }
  'delivery.held': Of & { why: HoldReason; until: number }
  'delivery.tried': Of & { attempt: number; outcome: AttemptOutcome; code: string; ms: number }
  'delivery.retried': Of & { inMs: number }
  'delivery.doubtful': Of & { why: 'unanswered' | 'killed' }
  'delivery.ended': Of & { outcome: DeliveryOutcome; delayMs: number | null }
  'callback.heard': { kind: string; outcome: 'taken' | 'refused' | 'unknown' }
  'heartbeat.heard': { at: number }
  'heartbeat.lost': { silentMs: number }
  'heartbeat.back': { silentMs: number }
  'heartbeat.passed-on': { outcome: 'ok' | 'failed'; code: string }
  'clock.set-back': { backMs: number }
  'store.failed': { operation: string; detail: string }
  'pager.failed': { doing: string; detail: string }
}

export type EventType = keyof EventData
export type Event = { [T in EventType]: { type: T; at: number } & EventData[T] }[EventType]

/** Level of the log line that each becomes. */
export const levels: Readonly<Record<EventType, Level>> = {
  'pager.started': 'info',
  'pager.stopping': 'info',
  'pager.stopped': 'info',
  'webhook.accepted': 'debug',
  'webhook.refused': 'warn',
  'webhook.failed': 'error',
  'webhook.mistaken': 'warn',
  'page.opened': 'info',
  'page.told': 'info',
  'page.ended': 'info',
  'page.acknowledged': 'info',
  'delivery.spared': 'debug',
  'delivery.held': 'info',
  'delivery.tried': 'info',
  'delivery.retried': 'debug',
  'delivery.doubtful': 'warn',
  'delivery.ended': 'info',
  'callback.heard': 'debug',
  'heartbeat.heard': 'trace',
  'heartbeat.lost': 'error',
  'heartbeat.back': 'info',
  'heartbeat.passed-on': 'debug',
  'clock.set-back': 'warn',
  'store.failed': 'error',
  'pager.failed': 'error',
}

/** Hands each event to every listener, in order, at once. */
export class Events {
  #listeners = new Set<(event: Event) => void>()

  tell<T extends EventType>(type: T, data: EventData[T]): void {
    const event = { type, at: Date.now(), ...data } as unknown as Event
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch {
        // A metric or a log line that fails must not keep a page back.
      }
    }
  }

  /** Answers the function that stops it. */
  hear(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
