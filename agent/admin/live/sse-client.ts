// A reader of server-sent events: a body that is written to without waiting and ends with the reason.

import type { ServerResponse } from 'node:http'
import { type Leaving, leavings } from './leaving.ts'
import type { Client } from './reader.ts'
import { eventOf } from './wire.ts'

const BEAT = Buffer.from(': still here\n\n')

export class SseClient implements Client {
  readonly transport = 'sse'
  readonly body: ReadableStream<Uint8Array>
  #to: ReadableStreamDefaultController<Uint8Array> | null = null
  #written = 0
  #takenBefore = -1
  #gone: () => void = () => {}
  #outgoing: ServerResponse | undefined

  /** @param outgoing the answer under it, which is cut where the reader does not take its end; absent without a listener */
  constructor(outgoing: ServerResponse | undefined) {
    this.#outgoing = outgoing
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#to = controller
        },
        cancel: () => this.#end(),
      },
      { highWaterMark: 0, size: (bytes) => bytes?.byteLength ?? 0 },
    )
  }

  /** @param gone called once */
  listen(gone: () => void): void {
    if (this.#to) this.#gone = gone
    else gone()
  }

  write(bytes: Buffer): void {
    this.#to?.enqueue(bytes)
    this.#written += bytes.length
  }

  waiting(): number {
    return Math.max(0, -(this.#to?.desiredSize ?? 0))
  }

  beat(): boolean {
    const taken = this.#written - this.waiting()
    if (this.waiting() > 0 && taken === this.#takenBefore) return false
    this.#takenBefore = taken
    this.write(BEAT)
    return true
  }

  leave(why: Leaving, withinMs: number): void {
    const to = this.#to
    if (!to) return
    const { words } = leavings[why]
    to.enqueue(eventOf('bye', JSON.stringify({ why, detail: words })))
    to.close()
    const outgoing = this.#outgoing
    if (!outgoing || outgoing.writableFinished || outgoing.destroyed) {
      this.#end()
      return
    }
    // It has its place until it has taken what it is owed, or is cut.
    const cut = setTimeout(() => outgoing.destroy(), why === 'silent' ? 0 : withinMs)
    outgoing.once('close', () => {
      clearTimeout(cut)
      this.#end()
    })
  }

  #end(): void {
    if (!this.#to) return
    this.#to = null
    this.#gone()
  }
}
