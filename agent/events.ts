// The catalogue of everything that can happen, put together of one file a room, and the bus that carries it: rooms emit, metrics, logs and traces subscribe.

import { v7 as uuidv7 } from 'uuid'
import { type AdminEvents, adminEvents } from './events/admin.ts'
import type { Entries } from './events/entry.ts'
import { type FailoverEvents, failoverEvents } from './events/failover.ts'
import { type HealthEvents, healthEvents } from './events/health.ts'
import { type LiveEvents, liveEvents } from './events/live.ts'
import { type MessageEvents, messagesEvents } from './events/messages.ts'
import { type PagerEvents, pagerEvents } from './events/pager.ts'
import { type PairingEvents, pairingEvents } from './events/pairing.ts'
import { type ProcessEvents, processEvents } from './events/process.ts'
import { type ReportEvents, reportsEvents } from './events/reports.ts'
import { type RoutingEvents, routingEvents } from './events/routing.ts'
import { type SessionEvents, sessionEvents } from './events/session.ts'
import { type StoreEvents, storeEvents } from './events/store.ts'
import { type WebhookEvents, webhooksEvents } from './events/webhooks.ts'

export type { Level } from './events/entry.ts'

/** What each event carries beside the envelope. Times are milliseconds. No phone number and no message text belongs here. */
export interface EventData
  extends ProcessEvents,
    SessionEvents,
    PairingEvents,
    HealthEvents,
    RoutingEvents,
    FailoverEvents,
    MessageEvents,
    WebhookEvents,
    ReportEvents,
    AdminEvents,
    LiveEvents,
    PagerEvents,
    StoreEvents {}

export type EventType = keyof EventData

/** Level and one-sentence meaning of every event; docs/events.md is made from it. */
export const catalogue: Entries<EventData> = {
  ...processEvents,
  ...sessionEvents,
  ...pairingEvents,
  ...healthEvents,
  ...routingEvents,
  ...failoverEvents,
  ...messagesEvents,
  ...webhooksEvents,
  ...reportsEvents,
  ...adminEvents,
  ...liveEvents,
  ...pagerEvents,
  ...storeEvents,
}

/** W3C ids of the span during which an event happened. */
export interface Trace {
  traceId: string
  spanId: string
}

interface Envelope<T extends EventType> {
  /** UUIDv7 */
  id: string
  v: 1
  type: T
  /** Milliseconds since the epoch. */
  at: number
  node: string
  account?: string
  epoch?: number
  /** Id of the event that led to this one. */
  cause?: string
  trace?: Trace
}

/** What an event carries must not hide what every event has: a failover's id is no event's id. Does not compile where one does. */
type Hides = { [T in EventType]: Extract<keyof EventData[T], keyof Envelope<T>> }[EventType]
const hidden: [Hides] extends [never] ? true : Hides = true
void hidden

export type EventOf<T extends EventType> = Envelope<T> & EventData[T]
export type AnyEvent = { [T in EventType]: EventOf<T> }[EventType]

/** What an emitter may add to the envelope. */
export interface About {
  account?: string
  epoch?: number
  cause?: string
  trace?: Trace | undefined
}

type Listener = (event: AnyEvent) => void

/** Hands each event to every subscriber, in order, at once. A subscriber that throws harms neither emitter nor others. */
export class Bus {
  readonly node: string
  #all = new Set<Listener>()
  #byType = new Map<EventType, Set<Listener>>()
  #onSubscriberError: (error: unknown, event: AnyEvent) => void

  constructor(node: string, onSubscriberError: (error: unknown, event: AnyEvent) => void = () => {}) {
    this.node = node
    this.#onSubscriberError = onSubscriberError
  }

  emit<T extends EventType>(type: T, data: EventData[T], about: About = {}): EventOf<T> {
    const event = {
      id: uuidv7(),
      v: 1,
      type,
      at: Date.now(),
      node: this.node,
      ...about,
      ...data,
    } as EventOf<T>
    for (const listener of this.#byType.get(type) ?? []) this.#hand(listener, event as AnyEvent)
    for (const listener of this.#all) this.#hand(listener, event as AnyEvent)
    return event
  }

  /** Subscribes to one type; answers the function that unsubscribes. */
  on<T extends EventType>(type: T, listener: (event: EventOf<T>) => void): () => void {
    const set = this.#byType.get(type) ?? new Set<Listener>()
    this.#byType.set(type, set)
    set.add(listener as unknown as Listener)
    return () => set.delete(listener as unknown as Listener)
  }

  /** Subscribes to every type; answers the function that unsubscribes. */
  onAny(listener: Listener): () => void {
    this.#all.add(listener)
    return () => this.#all.delete(listener)
  }

  #hand(listener: Listener, event: AnyEvent): void {
    try {
      listener(event)
    } catch (error) {
      this.#onSubscriberError(error, event)
    }
  }
}
