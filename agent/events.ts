// The catalogue of everything that can happen, and the bus that carries it: rooms emit, metrics, logs and traces subscribe.

import { v7 as uuidv7 } from 'uuid'
import type {
  AccountMode,
  CanaryOutcome,
  DeathReason,
  FailoverCause,
  FailoverKind,
  FailoverState,
  MessageState,
  PairingMethod,
  PairingOutcome,
  Reason,
  ReportType,
  RouteReason,
  SecurityKind,
  SendFailure,
  SendOutcome,
  SessionState,
  StrategyName,
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
  'canary.probed': { outcome: CanaryOutcome; from: string; messageId: string; ms: number }
  'canary.strayed': { messageId: string }
  'health.not-kept': { doing: 'reading' | 'writing'; detail: string }
  'route.decided': { pool: string; strategy: StrategyName; reason: RouteReason; us: number }
  'routing.changed': {
    what: 'strategy' | 'weight' | 'priority'
    pool: string | null
    from: string | number
    to: string | number
    who: string
  }
  'account.mode-changed': { from: AccountMode; to: AccountMode; why: string; who: string }
  'account.ejected': { forMs: number; failures: number; ejections: number; shadow: boolean }
  'fleet.reported': { accounts: number; up: number; failurePercent: number | null; problems: number }
  'report.made': { report: ReportType; accounts: number; ms: number }
  'report.sent': { report: ReportType; recipients: number; refused: number; attempts: number; ms: number }
  'report.failed': {
    report: ReportType
    doing: 'making' | 'sending'
    attempts: number
    ms: number
    detail: string
  }
  'failover.detected': {
    id: string
    pool: string
    kind: FailoverKind
    cause: FailoverCause
    silentMs: number
  }
  'failover.held': { pool: string; cause: FailoverCause; why: string }
  'failover.step': {
    id: string
    pool: string
    state: FailoverState
    to: string | null
    ms: number
    note: string | null
  }
  'failover.ended': {
    id: string
    pool: string
    kind: FailoverKind
    cause: FailoverCause
    outcome: FailoverState
    to: string | null
    detectMs: number
    transferMs: number | null
    ms: number
    messages: number
    conversations: number
    unsure: number
  }
  'failover.stuck': { id: string; detail: string }
  'message.accepted': { id: string; messageId: string; pool: string; state: MessageState }
  'message.ended': {
    id: string
    messageId: string
    pool: string
    state: MessageState
    code: string
    attempts: number
    ms: number
  }
  'message.unkept': { messageId: string; why: 'store' | 'full'; detail: string }
  'message.sent': { messageId: string }
  'message.acked': { messageId: string; ms: number; waitedMs?: number }
  'message.ack-late': { messageId: string; ms: number }
  'message.failed': { messageId: string; code: SendFailure; outcome: SendOutcome }
  'message.delivered': { messageId: string; ms: number | null }
  'message.read': { messageId: string; ms: number | null }
  'message.received': { messageId: string; offline: boolean }
  'message.undecryptable': { messageId: string }
  'message.handler-failed': { messageId: string; detail: string }
  'webhook.delivered': { webhook: string; delivery: string; attempts: number; ageMs: number; ms: number }
  'webhook.failed': {
    webhook: string
    delivery: string
    attempts: number
    ageMs: number
    ms: number
    delayMs: number
    detail: string
  }
  'webhook.dead': {
    webhook: string
    why: DeathReason
    /** So many at once; where it is one, the next three say more. */
    count: number
    delivery: string | null
    attempts: number | null
    ms: number | null
    detail: string
  }
  'webhook.redriven': { webhook: string; count: number; who: string }
  'webhook.dropped': { webhook: string; count: number }
  'webhook.missed': { count: number; detail: string }
  'admin.answered': {
    method: string
    route: string
    status: number
    ms: number
    client: string
    requestId: string
  }
  'admin.refused': {
    why: 'no-token' | 'bad-token' | 'locked-out' | 'role' | 'scope' | 'expired' | 'identity' | 'keys-away'
    route: string
    client: string
    /** The caller's name, where it is known. */
    who?: string
  }
  'admin.tls-loaded': { expiresAt: number }
  'admin.tls-unreadable': { detail: string }
  'security.noticed': { kind: SecurityKind; why: string | null; who: string | null; client: string }
  'tokens.changed': { added: number; removed: number; changed: number }
  'tokens.unreadable': { detail: string }
  'tokens.readable': Record<never, never>
  'audit.broken': { seq: number; what: 'changed' | 'missing' | 'inserted' | 'cut-off' }
  'audit.proved': { rows: number; ms: number }
  'audit.looked': Record<never, never>
  'audit.unread': { detail: string }
  'live.opened': { transport: 'websocket' | 'sse'; resumed: boolean }
  'live.closed': { transport: 'websocket' | 'sse'; why: string; openForMs: number; frames: number }
  'live.dropped': { transport: 'websocket' | 'sse'; why: string; waitingBytes: number }
  'live.written': { frames: number; websocket: number; sse: number; ms: number }
  'grafana.pushed': { count: number; ms: number }
  'grafana.push-failed': { detail: string; waiting: number; retryMs: number }
  'grafana.dropped': { count: number; why: 'refused' | 'full'; detail: string | null }
  'notification.sent': {
    /** Of the notification; its event has an id of its own. */
    notification: string
    issue: string
    channels: string[]
    status: string
    severity: 'critical' | 'warning' | 'info'
    kind: 'firing' | 'worse' | 'repeat' | 'resolved'
    attempts: number
    sentAt: string | null
    /** Where whoever follows the pager goes on. */
    cursor: number
  }
  'pager.polled': { outcome: 'ok' | 'failed'; count: number; ms: number }
  'pager.unreachable': { detail: string }
  'pager.reachable': { downMs: number }
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
  'canary.probed': {
    level: 'debug',
    keep: true,
    help: 'A test message between two accounts was received or was not; account is whom that speaks of, from is the sender and ms runs from sending.',
  },
  'canary.strayed': {
    level: 'debug',
    help: 'A test message came after its deadline or from before a restart, and was swallowed.',
  },
  'health.not-kept': {
    level: 'warn',
    help: 'The sums that health rests on could not be read from the store or written to it; they go on in memory.',
    logEveryMs: 60_000,
  },
  'route.decided': {
    level: 'debug',
    help: 'A message was given to an account, or to none, which parks it; us is the time that the decision took, in microseconds.',
  },
  'routing.changed': {
    level: 'info',
    help: 'A strategy, weight or priority was changed at run time, or taken back to what is configured.',
  },
  'account.mode-changed': {
    level: 'warn',
    help: 'A person or a failover took an account out of the routing, drains it, or put it back.',
  },
  'account.ejected': {
    level: 'warn',
    help: 'An account gets no new conversations for a while after failures in a row, or with shadow would get none.',
  },
  'fleet.reported': { level: 'debug', help: 'The report of the fleet was made, as it is every minute.' },
  'report.made': {
    level: 'debug',
    help: 'A report over a day, a week or a month was made from the history; ms is the time for reading and counting.',
  },
  'report.sent': {
    level: 'info',
    help: 'A mail server took a report; refused counts the addresses that it did not take.',
  },
  'report.failed': {
    level: 'error',
    help: 'A report could not be made or no mail server took it, and it is not tried again by itself.',
  },
  'failover.detected': {
    level: 'warn',
    help: 'The work of an account is about to go to another one; silentMs is how long its fault was there unseen.',
  },
  'failover.held': {
    level: 'error',
    help: 'An account has a fault and is not failed over: automatic failover is off, damped, or the trouble is of this machine.',
    logEveryMs: 60_000,
  },
  'failover.step': { level: 'info', help: 'A failover went a step further; ms runs from its detection.' },
  'failover.ended': {
    level: 'error',
    help: 'A failover is over: another account has the work, or the first one has it back, or it is parked because nobody may take it.',
  },
  'failover.stuck': {
    level: 'error',
    help: 'A step of a failover could not be written and is tried again.',
    logEveryMs: 10_000,
  },
  'message.accepted': {
    level: 'debug',
    help: 'A message is in the outbox: it will be sent, or a person will know why not.',
  },
  'message.ended': {
    level: 'warn',
    help: 'A message left the outbox without an acknowledgement: it failed, expired, or nobody knows whether it was sent.',
  },
  'message.unkept': {
    level: 'error',
    help: 'An inbound message could not be put into the store yet, or was dropped because too many waited.',
    logEveryMs: 10_000,
  },
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
  'webhook.delivered': { level: 'debug', help: 'A webhook took a delivery.' },
  // During an outage of the receiver every lane fails, again and again.
  'webhook.failed': {
    level: 'warn',
    help: 'A webhook did not take a delivery, which is tried again after delayMs.',
    logEveryMs: 10_000,
  },
  'webhook.dead': {
    level: 'error',
    help: 'Deliveries to a webhook are no longer tried; they are kept as dead letters until somebody drives them again.',
    logEveryMs: 1_000,
  },
  'webhook.redriven': { level: 'info', help: 'Somebody had dead letters of a webhook tried again.' },
  'webhook.dropped': {
    level: 'error',
    help: 'Dead letters of a webhook were deleted before their time because there were more than its limit.',
    logEveryMs: 10_000,
  },
  'webhook.missed': {
    level: 'error',
    help: 'Changes of session states could not be written for the webhooks and were left out.',
    logEveryMs: 10_000,
  },
  'admin.answered': { level: 'debug', help: 'The admin listener answered a request.' },
  'admin.refused': { level: 'warn', help: 'The admin listener refused a caller.' },
  'admin.tls-loaded': {
    level: 'info',
    help: 'The admin listener uses this certificate from now on: at its start, and when the files have changed.',
  },
  'admin.tls-unreadable': {
    level: 'error',
    help: 'The files of the admin certificate have changed and cannot be used; the old ones stay in use.',
  },
  'security.noticed': {
    level: 'warn',
    help: 'Something on the admin listener looks like an attack, or like a secret in the wrong hands; the same is told once a minute.',
  },
  'tokens.changed': { level: 'info', help: 'The file of admin tokens was changed.' },
  'tokens.unreadable': {
    level: 'error',
    help: "The file of admin tokens cannot be read and those read before stay in force, or it is gone and they are nobody's; detail says which.",
  },
  'tokens.readable': { level: 'info', help: 'The file of admin tokens can be read again.' },
  'audit.broken': {
    level: 'error',
    help: 'A row of the audit trail was changed, is missing or does not belong there; seq is the first one.',
  },
  'audit.proved': {
    level: 'debug',
    help: 'The whole audit trail was read and every row is as it was written.',
  },
  'audit.looked': {
    level: 'debug',
    help: 'What is new in the audit trail and the next piece of the whole were read; they need not be well.',
  },
  'audit.unread': {
    level: 'error',
    help: 'The audit trail could not be read, so nothing proves it; told once for each reason.',
  },
  'live.opened': {
    level: 'debug',
    help: 'Somebody follows the live stream, from a snapshot or from where they were.',
  },
  'live.closed': { level: 'debug', help: 'Somebody follows the live stream no longer.' },
  // Whoever is slow comes back and may be slow again.
  'live.dropped': {
    level: 'warn',
    help: 'The live stream was ended by the agent: its reader was slow, silent, spoke, or has a token no longer.',
    logEveryMs: 10_000,
  },
  'live.written': {
    level: 'trace',
    help: 'Frames were written to everybody who follows the live stream; ms runs from the event of the oldest one.',
  },
  'grafana.pushed': {
    level: 'trace',
    help: 'Grafana took changes of state and score for its live stream; ms runs from the oldest of them.',
  },
  'grafana.push-failed': {
    level: 'warn',
    help: 'Grafana could not be told of changes, which wait for the next try after retryMs.',
    logEveryMs: 60_000,
  },
  'grafana.dropped': {
    level: 'warn',
    help: 'Changes were not told to Grafana, because it refuses them as they are or there are too many accounts.',
    logEveryMs: 60_000,
  },
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
  'notification.sent': {
    level: 'info',
    help: 'The pager has told somebody; issue, channels and severity say of what, by what and how grave it is.',
  },
  'pager.polled': { level: 'trace', help: 'The pager was asked for what it has sent.' },
  'pager.unreachable': {
    level: 'warn',
    help: 'The pager does not answer the agent, which only shows what it sends; said once.',
  },
  'pager.reachable': { level: 'info', help: 'The pager answers again after downMs.' },
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
