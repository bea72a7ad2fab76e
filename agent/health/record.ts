// What is remembered of one account for its score and its diagnoses: every fact comes from an event, once, and is forgotten in time.

import type { AnyEvent, EventOf } from '../events.ts'
import type { SendFailure } from '../words.ts'
import { RollingCounts } from './counts.ts'
import type { Closed, Facts } from './diagnosis.ts'
import { Hearing } from './hearing.ts'
import { LastHour } from './last-hour.ts'
import { Unanswered } from './unanswered.ts'
import type { View } from './view.ts'

/** Refusals that speak of the message or its sender and not of the account. */
const notOurs: ReadonlySet<SendFailure> = new Set(['id-taken', 'not-on-whatsapp'])

export class AccountRecord {
  readonly counts = new RollingCounts()
  #closes = new LastHour<Closed>()
  #regenerations = new LastHour<number>()
  #scans = new LastHour<{ at: number; ms: number }>()
  #fenced = new LastHour<number>()
  #unread = new LastHour<{ at: number; id: string }>()
  #sends = new LastHour<Facts['sends'][number]>(200)
  #unanswered = new Unanswered()
  #hearing = new Hearing()
  #isCanary: (messageId: string) => boolean
  #zombieSince: number | null = null
  #restriction: { since: number; untilMs: number | null } | null = null
  #viewedSince: number | null = null
  #windowMs: number | null = null
  /** Connections that ended or failed since the last one that opened. */
  failuresInARow = 0
  /** Dials after a connection had ended, since the agent started. */
  recoveryAttempts = 0

  /** @param isCanary whether a message is one of Linda's own tests */
  constructor(isCanary: (messageId: string) => boolean = () => false) {
    this.#isCanary = isCanary
  }

  get zombie(): boolean {
    return this.#zombieSince !== null
  }

  get deaf(): boolean {
    return this.#hearing.deaf !== null
  }

  get unacknowledged(): boolean {
    return this.#unanswered.row !== null
  }

  /** @param nowMs of a clock that never goes back */
  take(event: AnyEvent, nowMs: number): void {
    const { at } = event
    this.#unanswered.take(event)
    this.#hearing.take(event)
    const count = (field: Parameters<RollingCounts['add']>[0], amount = 1) =>
      this.counts.add(field, amount, nowMs)
    switch (event.type) {
      case 'session.opened':
        count('connections')
        this.#zombieSince = null
        this.failuresInARow = 0
        return
      case 'session.retry-scheduled':
        this.recoveryAttempts += 1
        return
      case 'session.closed':
        if (event.reason === 'asked') return
        this.failuresInARow += 1
        this.#closes.add({ at, reason: event.reason, wasOpen: event.openForMs !== null })
        return
      case 'session.evidence-lost':
        this.#zombieSince ??= at - event.silentMs
        return
      case 'session.state-changed':
        // Nobody expects signs of life from these.
        if (event.to !== 'connecting') this.#zombieSince = null
        return
      case 'session.restricted':
        this.#restriction = { since: this.#restriction?.since ?? at, untilMs: event.untilMs }
        return
      case 'session.restriction-lifted':
        this.#restriction = null
        return
      case 'session.probed':
        count('attempted')
        if (event.outcome !== 'ok') count('failed')
        return
      case 'store.write-fenced':
        this.#fenced.add(at)
        return
      default:
        this.#takePairing(event, count)
        this.#takeMessage(event, count)
    }
  }

  /** A stretch of time in which the account was up or not. */
  tick(up: boolean, elapsedMs: number, nowMs: number): void {
    this.counts.add('wantedMs', elapsedMs, nowMs)
    if (up) this.counts.add('upMs', elapsedMs, nowMs)
  }

  facts({ state, since, lastDisconnect, lastEvidenceAt }: View, now: number): Facts {
    return {
      now,
      state,
      stateSince: since,
      lastReason: lastDisconnect?.reason ?? null,
      lastReasonAt: lastDisconnect?.at ?? null,
      lastEvidenceAt,
      zombieSince: this.#zombieSince,
      restriction: this.#restriction,
      closes: this.#closes.list(now),
      regenerations: this.#regenerations.list(now),
      scans: this.#scans.list(now),
      watchedMs: this.#viewedSince === null ? null : Math.max(0, now - this.#viewedSince),
      windowMs: this.#windowMs,
      fenced: this.#fenced.list(now),
      undecryptable: this.#unread.list(now).map(({ at }) => at),
      sends: this.#sends.list(now),
      unanswered: this.#unanswered.row,
      deaf: this.#hearing.deaf,
    }
  }

  #takePairing(event: AnyEvent, count: (field: 'regenerations') => void): void {
    switch (event.type) {
      case 'pairing.started':
        this.#windowMs = event.windowMs
        return
      case 'pairing.code-viewed':
        this.#viewedSince ??= event.at
        return
      case 'pairing.scanned':
        if (event.scanMs !== null) this.#scans.add({ at: event.at, ms: event.scanMs })
        return
      case 'pairing.regenerated':
        this.#regenerations.add(event.at)
        count('regenerations')
        return
      case 'pairing.ended':
        this.#viewedSince = null
    }
  }

  #takeMessage(event: AnyEvent, count: (field: MessageField, amount?: number) => void): void {
    switch (event.type) {
      case 'message.acked':
        count('attempted')
        if (this.#isCanary(event.messageId)) return
        for (const field of ['acks', 'messages', 'processed'] as const) count(field)
        // From when it was accepted: whoever waits for an answer does not care what it waited for.
        count('ackMsSum', event.ms + (event.waitedMs ?? 0))
        this.#sends.add({ at: event.at, failure: null })
        return
      case 'message.failed':
        if (notOurs.has(event.code)) return
        for (const field of ['attempted', 'failed'] as const) count(field)
        if (this.#isCanary(event.messageId)) return
        count('messages')
        // Nothing was delivered to WhatsApp: that says that the session was down, which is told by other names.
        if (event.code !== 'not-open') this.#sends.add({ at: event.at, failure: event.code })
        return
      case 'message.ack-late':
        if (!this.#isCanary(event.messageId)) count('processed')
        return
      case 'message.received':
        this.#received(event.messageId, count, event.at)
        return
      case 'canary.probed':
        this.#probed(event, count)
        return
      case 'canary.strayed':
        this.#unread.remove((unread) => unread.id === event.messageId)
        return
      case 'message.handler-failed':
        count('undone')
        return
      case 'message.undecryptable':
        count('messages')
        this.#unread.add({ at: event.at, id: event.messageId })
    }
  }

  /** The sender's half is counted where its message is acknowledged or fails; this is the receiver's. */
  #probed(event: EventOf<'canary.probed'>, count: (field: MessageField) => void): void {
    const { outcome, messageId, at } = event
    if (outcome !== 'received' && outcome !== 'not-received') return
    count('attempted')
    if (outcome === 'received') this.#received(messageId, count, at)
    else for (const field of ['failed', 'messages'] as const) count(field)
  }

  /** What could not be read and came again is one message, and it was handled. */
  #received(id: string, count: (field: MessageField) => void, at: number): void {
    count('processed')
    const before = this.#unread.list(at)
    this.#unread.remove((unread) => unread.id === id)
    if (this.#unread.list(at).length === before.length) count('messages')
  }
}

type MessageField = 'attempted' | 'failed' | 'acks' | 'ackMsSum' | 'messages' | 'processed' | 'undone'
