// How many sends in a row have stayed without an acknowledgement: at a slow pace no other watch sees them together.

import type { AnyEvent } from '../events.ts'

/** One lost acknowledgement is weather, and so are two. */
const ENOUGH = 3

export interface Row {
  /** When the first of them was given up, milliseconds since the epoch. */
  since: number
  count: number
}

export class Unanswered {
  #row: Row | null = null
  /** Answers of the server so far. */
  #answers = 0
  /** How many there had been when a message that waits for its own was written. */
  #before = new Map<string, number>()

  /** The row, once it is long enough to say something; null before. */
  get row(): Row | null {
    return this.#row && this.#row.count >= ENOUGH ? this.#row : null
  }

  take(event: AnyEvent): void {
    switch (event.type) {
      case 'message.sent':
        this.#before.set(event.messageId, this.#answers)
        return
      case 'message.acked':
      case 'message.ack-late':
      case 'message.refused-late':
        this.#answered(event.messageId)
        return
      case 'message.failed':
        // A refusal is an answer. What was cut off, or never written, says nothing about answers.
        if (event.code.startsWith('nack-')) this.#answered(event.messageId)
        else if (event.code === 'ack-timeout') this.#givenUp(event.messageId, event.at)
        this.#before.delete(event.messageId)
        return
      case 'session.opened':
        // A new connection has a new message path.
        this.#row = null
        return
      case 'session.state-changed':
        // Ended or begun anew: nobody waits for answers any more.
        if (event.to !== 'open' && event.to !== 'restricted' && event.to !== 'connecting') this.#row = null
    }
  }

  #answered(messageId: string): void {
    this.#answers += 1
    this.#row = null
    this.#before.delete(messageId)
  }

  /** Where others were answered since it was written, the message path works, and only its own answer was lost. */
  #givenUp(messageId: string, at: number): void {
    if ((this.#before.get(messageId) ?? this.#answers) !== this.#answers) return
    this.#row = { since: this.#row?.since ?? at, count: (this.#row?.count ?? 0) + 1 }
  }
}
