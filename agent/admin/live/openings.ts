// What a reader gets first: the frames that it missed where all of them are still there, otherwise where things stand.

import type { Frame, Subject } from './frame.ts'
import { together } from './groups.ts'
import type { Ring } from './ring.ts'
import { keyOf, type Place, sees, seesAccount, type View } from './view.ts'
import { type Transport, type Wire, wireOf } from './wire.ts'

/** What the stream shows of the fleet. */
export interface LiveWorld {
  subject(account: string): Subject | undefined
  /** As `GET /api/dashboard/connections`, of the accounts that are asked for. */
  connections(wants: (account: string, pool: string) => boolean): object
}

export interface Opening {
  bytes: Buffer
  frames: number
  resumed: boolean
}

/** A snapshot is made once for those who come within this time, in milliseconds, while nothing happens: only uptimes differ. */
const SNAPSHOT_MS = 1_000
/** Snapshots of different views at a time. */
const MOST_SNAPSHOTS = 10

export class Openings {
  #stream: string
  #node: string
  #world: LiveWorld
  #ring: Ring<Frame>
  #snapshots = new Map<string, { at: number; wire: Wire }>()

  constructor(stream: string, node: string, world: LiveWorld, ring: Ring<Frame>) {
    this.#stream = stream
    this.#node = node
    this.#world = world
    this.#ring = ring
  }

  /** There is a newer frame. */
  outdated(): void {
    this.#snapshots.clear()
  }

  /** @param seq of the newest frame */
  make(transport: Transport, view: View, place: Place | null, seq: number): Opening {
    const stream = this.#stream
    const missed = place?.stream === stream ? this.#ring.since(place.seq) : null
    if (place === null || missed === null)
      return { bytes: this.#snapshot(view, seq)[transport], frames: 1, resumed: false }
    const seen = missed.filter((frame) => sees(view, frame))
    const first = wireOf(`${stream}.${place.seq}`, 'resumed', {
      seq: place.seq,
      at: new Date().toISOString(),
      type: 'resumed',
      stream,
      resumed: true,
      node: this.#node,
      frames: seen.length,
    })
    const bytes = Buffer.concat([first[transport], together(seen, transport)])
    return { bytes, frames: seen.length + 1, resumed: true }
  }

  #snapshot(view: View, seq: number): Wire {
    const stream = this.#stream
    const key = keyOf({ ...view, types: null })
    const now = performance.now()
    const known = this.#snapshots.get(key)
    if (known && now - known.at < SNAPSHOT_MS) return known.wire
    const wire = wireOf(`${stream}.${seq}`, 'snapshot', {
      seq,
      at: new Date().toISOString(),
      type: 'snapshot',
      stream,
      resumed: false,
      node: this.#node,
      ...this.#world.connections((account, pool) => seesAccount(view, account, pool)),
    })
    if (this.#snapshots.size >= MOST_SNAPSHOTS) this.#snapshots.clear()
    this.#snapshots.set(key, { at: now, wire })
    return wire
  }
}
