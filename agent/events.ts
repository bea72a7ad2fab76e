// The catalogue of everything that can happen, and the bus that carries it: rooms emit, metrics, logs and traces subscribe.

import { v7 as uuidv7 } from 'uuid'
import type {
  PairingMethod,
  PairingOutcome,
  Reason,
  SendFailure,
  SendOutcome,
  SessionState,
  Suspicion,
  Trap,
} from './words.ts'

/** Level of the log line an event becomes; `trace` events are normally only counted. */
export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error'

/** What each event carries beside the envelope. Times are milliseconds. No phone number and no message text belongs here. */
export interface EventData {
  'agent.started': { version: string; accounts: number }
  'agent.stopping': { signal: string }
  'agent.stopped': { ms: number; closed: number }
  'account.listed': { what: 'created' | 'changed' | 'retired' | 'returned'; fields: string[] }
  'session.state-changed': { from: SessionState; to: SessionState; reason: Reason }
  'session.connecting': { attempt: number; waitedMs: number }
  'session.opened': { ms: number; reconnect: boolean }
  'session.closed': { reason: Reason; code: number | null; detail: string; openForMs: number | null }
  'session.connect-failed': { reason: Reason; ms: number; reconnect: boolean }
  'session.retry-scheduled': { reason: Reason; attempt: number; delayMs: number }
  'session.suspected': { suspicion: Suspicion; silentMs: number }
  'session.probed': { suspicion: Suspicion; outcome: 'ok' | 'timeout' | 'error'; ms: number }
  'session.evidence-lost': { reason: Reason; silentMs: number }
  'session.restricted': { kind: string; untilMs: number | null }
  'session.restriction-lifted': Record<never, never>
  'session.trapped': { trap: Trap; detail: string }
  'library.printed': { method: string }
  'whatsapp.certificate-untrusted': { mode: 'warn' | 'strict' }
  'pairing.started': {
    attempt: number
    method: PairingMethod
    inARow: number
    windowMs: number
    source: string
  }
  'pairing.code-issued': { attempt: number; index: number; lifeMs: number }
  'pairing.code-viewed': { attempt: number; index: number; lifeLeftMs: number }
  'pairing.scanned': { attempt: number; scanMs: number | null }
  'pairing.regenerated': { attempt: number; inARow: number }
  'pairing.ended': {
    attempt: number
    method: PairingMethod
    outcome: PairingOutcome
    inARow: number
    viewed: boolean
    ms: number
    watchedMs: number | null
  }
  'pairing.code-fallback': { inARow: number }
  'pairing.given-up': { inARow: number }
  'pairing.link-made': Record<never, never>
  'health.scored': {
    score: number | null
    confidence: number
    status: string
    caps: string[]
    factors: Record<string, number | null>
    issues: string[]
  }
  'health.status-changed': { from: string; to: string; score: number | null; caps: string[] }
  'health.checked': { accounts: number; alive: number; ms: number }
  'diagnosis.found': {
    issue: string
    severity: string
    since: number
    pattern: string
    numbers: Record<string, number | string>
  }
  'diagnosis.cleared': { issue: string; forMs: number }
  'message.sent': { messageId: string }
  'message.acked': { messageId: string; ms: number }
  'message.ack-late': { messageId: string; ms: number }
  'message.failed': { messageId: string; code: SendFailure; outcome: SendOutcome }
  'message.delivered': { messageId: string; ms: number | null }
  'message.read': { messageId: string; ms: number | null }
  'message.received': { messageId: string; offline: boolean }
  'message.undecryptable': { messageId: string }
  'message.handler-failed': { messageId: string; detail: string }
  'admin.answered': { method: string; route: string; status: number; ms: number; client: string }
  'admin.refused': { why: 'no-token' | 'bad-token' | 'locked-out' | 'role'; route: string; client: string }
  'store.queried': { driver: string; operation: string; ms: number }
  'store.failed': { driver: string; operation: string; detail: string }
  'store.write-fenced': Record<never, never>
  'history.written': { driver: string; count: number; outcome: 'written' | 'failed' }
  'history.dropped': {
    driver: string
    count: number
    why: 'full' | 'refused' | 'stopped'
    detail: string | null
  }
  'history.pruned': { driver: string; rows: number }
  'history.unreachable': { driver: string; detail: string }
  'history.reachable': { driver: string; downMs: number | null }
  'store.backed-up': { rows: number }
  'store.retried': { driver: string; attempt: number; code: string }
  'store.unreachable': { driver: string; detail: string }
  'store.reachable': { driver: string; downMs: number | null }
}

export type EventType = keyof EventData

/** Level and one-sentence meaning of every event; docs/events.md is made from it. */
export const catalogue: {
  readonly [T in EventType]: {
    level: Level
    help: string
    /** Kept in the history although its level is below `info`. */
    keep?: true
    /** At most one line of the log in this time, in milliseconds, with the number of those left out; metrics count them all. */
    logEveryMs?: number
  }
} = {
  'agent.started': {
    level: 'info',
    help: 'Both listeners answer and every account has been handed to the fleet.',
  },
  'agent.stopping': { level: 'info', help: 'A signal or a caller asked the agent to stop.' },
  'agent.stopped': { level: 'info', help: 'Every socket is closed and the store is flushed.' },
  'account.listed': {
    level: 'info',
    help: 'An account was added to, changed in or taken from the configured list.',
  },
  'session.state-changed': { level: 'info', help: 'A session went from one state to another.' },
  'session.connecting': { level: 'debug', help: 'A socket is being opened, after waiting its turn.' },
  'session.opened': { level: 'info', help: 'The server accepted the login.' },
  'session.closed': { level: 'info', help: 'A connection ended, with the reason and the library code.' },
  'session.connect-failed': { level: 'warn', help: 'A connection ended before it was open.' },
  'session.retry-scheduled': { level: 'info', help: 'The session will dial again after the delay.' },
  'session.suspected': { level: 'debug', help: 'Evidence is overdue and a probe is sent.' },
  'session.probed': { level: 'debug', help: 'A probe was answered, timed out or could not be sent.' },
  'session.evidence-lost': {
    level: 'warn',
    help: 'The socket says open and the server gives no sign of life.',
  },
  'session.restricted': {
    level: 'error',
    help: 'WhatsApp restricts the account while its socket stays open.',
  },
  'session.restriction-lifted': { level: 'info', help: 'A restriction ended.' },
  'session.trapped': { level: 'warn', help: 'The adapter contained a misbehaviour of the WhatsApp library.' },
  'library.printed': {
    level: 'trace',
    help: 'The WhatsApp library printed something, which was dropped unread.',
  },
  'whatsapp.certificate-untrusted': {
    level: 'error',
    help: 'The server presented a certificate that the configured root did not sign.',
  },
  'pairing.started': {
    level: 'info',
    help: 'WhatsApp began to hand out codes for an account; windowMs is how long the attempt may take, from the first view.',
  },
  'pairing.code-issued': { level: 'info', help: 'A QR code became current.' },
  'pairing.code-viewed': { level: 'info', help: 'Somebody was shown the current code.' },
  'pairing.scanned': { level: 'info', help: 'A phone scanned the code; scanMs runs from the first view.' },
  'pairing.regenerated': { level: 'warn', help: 'A viewed attempt expired and a fresh one begins.' },
  'pairing.ended': {
    level: 'info',
    help: 'An attempt ended, linked or not; watchedMs runs from the first view and is null when nobody looked.',
  },
  'pairing.code-fallback': {
    level: 'warn',
    help: 'Every allowed regeneration expired in front of somebody: a code to be typed is shown next.',
  },
  'pairing.given-up': {
    level: 'error',
    help: 'Codes were shown as often as is allowed and none was used: it goes on when a person says so.',
  },
  'pairing.link-made': {
    level: 'info',
    help: 'An operator made a link to the linking page, for whoever holds the phone.',
  },
  'health.scored': {
    level: 'debug',
    keep: true,
    help: 'An account was scored, and the score has moved or half an hour has passed; factors are in their own units.',
  },
  'health.status-changed': {
    level: 'warn',
    help: 'An account became healthy, warning or unhealthy.',
  },
  'health.checked': { level: 'info', help: 'Somebody had sessions probed by hand.' },
  'diagnosis.found': { level: 'warn', help: 'Something is wrong with an account, and it has a name.' },
  'diagnosis.cleared': { level: 'info', help: 'What was wrong is so no longer.' },
  'message.sent': { level: 'debug', help: 'A message was written to the socket.' },
  'message.acked': { level: 'debug', help: 'The server acknowledged a message.' },
  'message.ack-late': {
    level: 'warn',
    help: 'An acknowledgement came after the sender had been told that the outcome is unknown.',
  },
  'message.failed': { level: 'warn', help: 'A message was not acknowledged.' },
  'message.delivered': { level: 'debug', help: 'The recipient received a message.' },
  'message.read': { level: 'debug', help: 'The recipient read a message.' },
  'message.received': { level: 'debug', help: 'An inbound message was decrypted.' },
  'message.undecryptable': {
    level: 'warn',
    help: 'An inbound message could not be decrypted; the sender is asked again.',
  },
  'message.handler-failed': {
    level: 'error',
    help: 'An inbound message arrived and its handler could not take it.',
  },
  'admin.answered': { level: 'debug', help: 'The admin listener answered a request.' },
  'admin.refused': { level: 'warn', help: 'The admin listener refused a caller.' },
  'store.queried': { level: 'trace', help: 'The store answered a query.' },
  // During an outage every write of every session fails, again and again.
  'store.failed': { level: 'error', help: 'The store could not answer a query.', logEveryMs: 10_000 },
  'history.written': { level: 'trace', help: 'A batch of events was kept, or could not be yet.' },
  'history.dropped': {
    level: 'error',
    help: 'Events were lost: the history did not take them until the buffer was full or the agent stopped, or refused them.',
    logEveryMs: 10_000,
  },
  'history.pruned': { level: 'debug', help: 'Events older than the retention were deleted.' },
  'history.unreachable': {
    level: 'error',
    help: 'InfluxDB cannot be used; events wait in a bounded buffer and nothing is read until it can.',
  },
  'history.reachable': { level: 'info', help: 'InfluxDB can be used, or can be again after downMs.' },
  'store.backed-up': { level: 'info', help: 'A backup of the store was written to its end.' },
  'store.write-fenced': {
    level: 'error',
    help: 'A write or a login was refused because another process has taken the account.',
  },
  'store.retried': { level: 'debug', help: 'A transaction collided with another one and runs again.' },
  'store.unreachable': { level: 'error', help: 'The store has gone away; queries fail until it is back.' },
  'store.reachable': { level: 'info', help: 'The store was opened, or is back after downMs.' },
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
