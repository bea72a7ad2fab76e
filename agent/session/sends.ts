// Messages on their way: each ends acknowledged, refused, or with an outcome that nobody knows, and is told so exactly once.

import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { About, Bus } from '../events.ts'
import { afterQuiet } from '../late.ts'
import { attributes, type OpenSpan, openSpan } from '../telemetry/tracing.ts'
import type { EvidenceWatch } from './evidence-watch.ts'
import { type Outgoing, SendError, type Socket } from './socket.ts'

/** Receipts may come days later; beyond this many messages their delay is no longer known. */
const REMEMBERED = 2_000
/** Texts kept for recipients who ask again, in characters per account; the oldest go first. */
const REMEMBERED_TEXT = 256 * 1024

interface Pending {
  startedAt: number
  waitedMs: number
  span: OpenSpan
  written: boolean
  cancelDeadline(): void
  answer: Promise<number>
  resolve(ackMs: number): void
  reject(error: SendError): void
}

export class Sends {
  #pending = new Map<string, Pending>()
  #startedAt = new LRUCache<string, number>({ max: REMEMBERED })
  /** What each id stands for, as a hash: an id is never used for two messages. */
  #said = new LRUCache<string, string>({ max: REMEMBERED })
  /** What senders were told: a later answer that says something else is told once more. */
  #told = new LRUCache<string, 'unknown' | 'refused'>({ max: REMEMBERED })
  #texts = new LRUCache<string, string>({
    maxSize: REMEMBERED_TEXT,
    sizeCalculation: (text) => text.length + 100,
  })
  #bus: Bus
  #about: About
  #deadlineMs: number

  /** @param deadlineMs how long a written message may lack its acknowledgement before its outcome is called unknown */
  constructor(bus: Bus, about: About, deadlineMs: number) {
    this.#bus = bus
    this.#about = about
    this.#deadlineMs = deadlineMs
  }

  get inFlight(): number {
    return this.#pending.size
  }

  /** What was sent under the id, while it is remembered. */
  textOf(messageId: string): string | undefined {
    return this.#texts.get(messageId)
  }

  /**
   * Sends and waits for the server; resolves with the milliseconds it took. Rejects with SendError.
   * An id that is on its way already is not sent again: both askers get its outcome.
   */
  send(socket: Socket, watch: EvidenceWatch, message: Outgoing): Promise<number> {
    const { messageId } = message
    const said = createHash('sha256').update(`${message.to}\0${message.text}`).digest('base64')
    if ((this.#said.get(messageId) ?? said) !== said)
      return Promise.reject(new SendError('id-taken', 'failed'))
    this.#said.set(messageId, said)
    // Asked twice at once under one id, it is one message: both hear the same answer.
    const underWay = this.#pending.get(messageId)
    if (underWay) return underWay.answer
    const { promise: answer, resolve, reject } = Promise.withResolvers<number>()
    const span = openSpan('send', this.#about.account ?? '', {
      [attributes.operation]: 'send',
      [attributes.messageId]: messageId,
    })
    const onDeadline = (): void => this.#fail(messageId, new SendError('ack-timeout', 'unknown'), watch)
    const cancelDeadline = afterQuiet(this.#deadlineMs, onDeadline)
    const pending: Pending = {
      startedAt: performance.now(),
      waitedMs: Math.max(0, message.waitedMs ?? 0),
      span,
      written: false,
      cancelDeadline,
      answer,
      resolve,
      reject,
    }
    this.#pending.set(messageId, pending)
    this.#startedAt.set(messageId, pending.startedAt)
    this.#texts.set(messageId, message.text)
    // From here on the server owes us frames: a device list, keys, the acknowledgement.
    watch.awaits(messageId)
    socket.send(message).then(
      () => {
        if (this.#pending.get(messageId) !== pending) return
        pending.written = true
        this.#bus.emit('message.sent', { messageId }, { ...this.#about, trace: span.trace })
      },
      (error) => {
        // The same id may be on its way again, over another connection: that one has not failed.
        if (this.#pending.get(messageId) !== pending) return
        const known = error instanceof SendError ? error : new SendError('connection-closed', 'unknown')
        this.#fail(messageId, known, watch)
      },
    )
    return answer
  }

  /** The server's answer; a number is its refusal. */
  answered(messageId: string, refusal: number | null, watch: EvidenceWatch | null): void {
    watch?.answered(messageId)
    const pending = this.#pending.get(messageId)
    const ms = performance.now() - (this.#startedAt.get(messageId) ?? performance.now())
    if (!pending) {
      this.#answeredLate(messageId, refusal, ms)
      return
    }
    if (refusal !== null) {
      this.#fail(messageId, new SendError(`nack-${refusal}`, 'failed'), watch)
      return
    }
    this.#take(messageId, pending)
    this.#told.delete(messageId)
    // An acknowledgement may overtake the library's own word that the frame was written.
    if (!pending.written)
      this.#bus.emit('message.sent', { messageId }, { ...this.#about, trace: pending.span.trace })
    const waited = pending.waitedMs > 0 ? { waitedMs: pending.waitedMs } : {}
    this.#bus.emit(
      'message.acked',
      { messageId, ms, ...waited },
      { ...this.#about, trace: pending.span.trace },
    )
    pending.span.end()
    pending.resolve(ms)
  }

  /**
   * The sender was told something else before. A refusal says more than `unknown`, and an acknowledgement more than a refusal: that was of
   * another attempt. Without that, it is a repeated answer or one to somebody else's message.
   */
  #answeredLate(messageId: string, refusal: number | null, ms: number): void {
    const told = this.#told.get(messageId)
    if (told === undefined || (refusal !== null && told === 'refused')) return
    if (refusal === null) {
      this.#told.delete(messageId)
      this.#bus.emit('message.ack-late', { messageId, ms }, this.#about)
    } else {
      this.#told.set(messageId, 'refused')
      this.#bus.emit('message.refused-late', { messageId, code: `nack-${refusal}`, ms }, this.#about)
    }
  }

  receipt(messageId: string, kind: 'delivered' | 'read'): void {
    const startedAt = this.#startedAt.get(messageId)
    const ms = startedAt === undefined ? null : performance.now() - startedAt
    this.#bus.emit(
      kind === 'delivered' ? 'message.delivered' : 'message.read',
      { messageId, ms },
      this.#about,
    )
  }

  /** The connection ended. The frame of any pending message may have left before the library said so: all are unknown. */
  connectionClosed(): void {
    for (const messageId of [...this.#pending.keys()])
      this.#fail(messageId, new SendError('connection-closed', 'unknown'), null)
  }

  #fail(messageId: string, error: SendError, watch: EvidenceWatch | null): void {
    const pending = this.#pending.get(messageId)
    if (!pending) return
    this.#take(messageId, pending)
    watch?.abandoned(messageId)
    const { code, outcome } = error
    if (outcome === 'unknown') this.#told.set(messageId, 'unknown')
    else if (code.startsWith('nack-')) this.#told.set(messageId, 'refused')
    this.#bus.emit(
      'message.failed',
      { messageId, code, outcome },
      { ...this.#about, trace: pending.span.trace },
    )
    pending.span.end(code)
    pending.reject(error)
  }

  #take(messageId: string, pending: Pending): void {
    pending.cancelDeadline()
    this.#pending.delete(messageId)
  }
}
