// An account that sends as a test says, and remembers every write: what, when, and whether two of one conversation were on their way at once.

import type { Sender } from '../../../agent/outbox/sender.ts'
import { type Outgoing, SendError } from '../../../agent/session/socket.ts'
import type { SendFailure } from '../../../agent/words.ts'

export interface Write extends Outgoing {
  account: string
}

/** What all phones of a test wrote, as WhatsApp would see it. */
export class Ledger {
  readonly writes: Write[] = []
  /** Conversations of which two messages were on their way at once. */
  readonly overlaps: string[] = []
  #flying = new Set<Write>()

  /** Begins a write; the answer ends it. */
  begin(write: Write): () => void {
    this.writes.push(write)
    if ([...this.#flying].some(({ to }) => to === write.to)) this.overlaps.push(write.to)
    this.#flying.add(write)
    return () => this.#flying.delete(write)
  }

  /** A process died: nothing of it is on its way any more. */
  clear(): void {
    this.#flying.clear()
  }

  texts(to?: string): string[] {
    return this.writes.filter((write) => to === undefined || write.to.startsWith(to)).map(({ text }) => text)
  }

  /** The texts to a number in the order of their first writes. */
  firsts(to: string): string[] {
    return [...new Set(this.texts(to))]
  }

  ids(text: string): Set<string> {
    return new Set(this.writes.filter((write) => write.text === text).map(({ messageId }) => messageId))
  }
}

export class Phone implements Sender {
  readonly account: string
  epoch = 0
  open = true
  /** Its process is gone: nothing leaves it, and nobody hears an answer. */
  dead = false
  /** What becomes of a message; it resolves with the milliseconds until the acknowledgement. */
  answer: (message: Outgoing) => Promise<number> = async () => 1
  #ledger: Ledger

  constructor(account: string, ledger: Ledger) {
    this.account = account
    this.#ledger = ledger
  }

  ready(): boolean {
    return this.open
  }

  async send(message: Outgoing): Promise<number> {
    if (this.dead) return new Promise(() => {})
    const end = this.#ledger.begin({ ...message, account: this.account })
    try {
      return await this.answer(message)
    } finally {
      end()
    }
  }

  /** Gives these answers one after another, and acknowledges what comes then. */
  script(...errors: (Error | 'ack')[]): void {
    const left = [...errors]
    this.answer = async () => {
      const next = left.shift() ?? 'ack'
      if (next !== 'ack') throw next
      return 1
    }
  }
}

export const failed = (code: SendFailure): SendError => new SendError(code, 'failed')
export const unknown = (code: SendFailure = 'ack-timeout'): SendError => new SendError(code, 'unknown')
