// What the hub needs of somebody who reads, over whichever transport.

import type { Leaving } from './leaving.ts'
import type { Transport } from './wire.ts'

export interface Client {
  readonly transport: Transport
  /** Never waits: what the other side does not take piles up in `waiting`. */
  write(bytes: Buffer): void
  /** Bytes that were written and have not left this process. */
  waiting(): number
  /** Asks for a sign of life; false where none has come since the last time. */
  beat(): boolean
  /** Says why, and is gone after `withinMs` whatever the other side does. */
  leave(why: Leaving, withinMs: number): void
}

/** A client with what it is owed. */
export interface Reader {
  readonly client: Client
  /** Whether its token still says what it said. Never rejects. */
  readonly holds: () => Promise<boolean>
  readonly openedAt: number
  /** Bytes of the snapshot or replay, which may wait beside what is allowed to until they have been taken; then 0. */
  opening: number
  frames: number
  ended: Leaving | null
}

/** Whether more waits for the reader than may. */
export function isSlow(reader: Reader, mostBytes: number): boolean {
  const waiting = reader.client.waiting()
  if (waiting <= mostBytes) reader.opening = 0
  return waiting > mostBytes + reader.opening
}
