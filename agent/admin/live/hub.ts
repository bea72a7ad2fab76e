// The live stream: every reader first gets where things stand, then every change after that in order, with no gap between; who cannot keep up goes.

import { randomBytes } from 'node:crypto'
import type { AnyEvent, Bus } from '../../events.ts'
import { afterQuiet } from '../../late.ts'
import { Problem } from '../problem.ts'
import { type Frame, makeFrame, type Subject } from './frame.ts'
import { Groups } from './groups.ts'
import type { Leaving } from './leaving.ts'
import { type LiveWorld, Openings } from './openings.ts'
import { Places } from './places.ts'
import { type Client, isSlow, type Reader } from './reader.ts'
import { Ring } from './ring.ts'
import { type LiveSettings, liveSettings } from './settings.ts'
import { type Told, tellingOf } from './table.ts'
import type { Place, View } from './view.ts'
import type { Transport } from './wire.ts'

export interface LiveParts {
  bus: Bus
  world: LiveWorld
  settings?: Partial<LiveSettings>
}

interface Pending {
  event: AnyEvent
  told: Told
  heardAt: number
}

/** Frames in one turn of the event loop, or half of what there is where that is more, so that it cannot pile up; the rest waits for the next. */
const SLICE = 500
/** A stop must not wait for readers for longer, in milliseconds. */
const STOP_MS = 750

export class LiveHub {
  /** Differs for every run. */
  readonly stream = randomBytes(8).toString('hex')
  readonly settings: LiveSettings
  #bus: Bus
  #world: LiveWorld
  #seq = 0
  #ring: Ring<Frame>
  #pending: Pending[] = []
  #scheduled = false
  #groups = new Groups()
  #open: Record<Transport, number> = { websocket: 0, sse: 0 }
  #places: Places
  #openings: Openings
  #stopBeating: (() => void) | null = null
  #leave: () => void
  #stopping: PromiseWithResolvers<void> | null = null

  constructor({ bus, world, settings }: LiveParts) {
    this.#bus = bus
    this.#world = world
    this.settings = { ...liveSettings, ...settings }
    this.#places = new Places(this.settings.clients)
    this.#ring = new Ring(this.settings.frames)
    this.#openings = new Openings(this.stream, bus.node, world, this.#ring)
    this.#leave = bus.onAny((event) => this.#take(event))
  }

  /** Readers now, by transport. */
  clients(): Readonly<Record<Transport, number>> {
    return this.#open
  }

  /** Takes a place before anything is answered; answers how to give it back, which may be called twice. Throws Problem. @param pools that the caller sees; null for all */
  reserve(pools: readonly string[] | null): () => void {
    if (this.#stopping) throw new Problem(503, 'stopping', 'the agent stops', { 'retry-after': '30' })
    const release = this.#places.take(pools)
    return () => {
      release()
      if (this.#places.taken === 0) this.#stopping?.resolve()
    }
  }

  /**
   * Writes the opening to the client and every change from now on.
   * @param place where the reader was; null for one who comes anew
   * @returns what the client calls when it has gone, and when it is to be sent away
   */
  join(
    client: Client,
    { view, place, holds }: { view: View; place: Place | null; holds: () => Promise<boolean> },
  ): { gone(): void; drop(why: Leaving): void } {
    // What happened before is no change for whoever comes now.
    while (this.#pending.length > 0) this.#flush()
    const { transport } = client
    const opening = this.#openings.make(transport, view, place, this.#seq)
    const reader: Reader = {
      client,
      holds,
      openedAt: performance.now(),
      opening: opening.bytes.length,
      frames: opening.frames,
      ended: null,
    }
    this.#groups.add(reader, view)
    this.#open[transport] += 1
    this.#bus.emit('live.opened', { transport, resumed: opening.resumed })
    client.write(opening.bytes)
    if (this.#stopping) this.#end(reader, 'stopping')
    else this.#stopBeating ??= this.#beatSoon()
    let here = true
    const gone = (): void => {
      if (!here) return
      here = false
      this.#groups.delete(reader)
      this.#open[transport] -= 1
      const openForMs = Math.round(performance.now() - reader.openedAt)
      this.#bus.emit('live.closed', {
        transport,
        why: reader.ended ?? 'left',
        openForMs,
        frames: reader.frames,
      })
    }
    return { gone, drop: (why) => this.#end(reader, why) }
  }

  /** Tells every reader to come back later; resolves within a second. */
  stop(): Promise<void> {
    if (this.#stopping) return this.#stopping.promise
    this.#stopping = Promise.withResolvers()
    while (this.#pending.length > 0) this.#flush()
    this.#leave()
    this.#stopBeating?.()
    for (const reader of this.#groups.readers()) this.#end(reader, 'stopping')
    const { promise, resolve } = this.#stopping
    const late = setTimeout(resolve, STOP_MS + 100)
    if (this.#places.taken === 0) resolve()
    return promise.finally(() => clearTimeout(late))
  }

  #take(event: AnyEvent): void {
    const told = tellingOf(event)
    if (!told) return
    this.#pending.push({ event, told, heardAt: performance.now() })
    this.#flushSoon()
  }

  /** Events come several together, in the middle of a change: what is told of an account is what it is when the change is whole. */
  #flushSoon(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#flush()
      if (this.#pending.length > 0) this.#flushSoon()
    })
  }

  #flush(): void {
    const slice = this.#pending.splice(0, Math.max(SLICE, this.#pending.length / 2))
    const [oldest] = slice
    if (!oldest) return
    const subjects = new Map<string, Subject | undefined>()
    const frames = slice.map(({ event, told }) => {
      const { account, at } = event
      if (account !== undefined && !subjects.has(account)) subjects.set(account, this.#world.subject(account))
      const { pool } = event as { pool?: string }
      const subject = account === undefined ? undefined : subjects.get(account)
      this.#seq += 1
      const frame = makeFrame(this.stream, this.#seq, at, told, subject ?? { account, pool })
      this.#ring.push(frame)
      return frame
    })
    this.#openings.outdated()
    if (this.#groups.size > 0) this.#writeAll(frames, oldest.heardAt)
  }

  #writeAll(frames: readonly Frame[], heardAt: number): void {
    const written = { websocket: 0, sse: 0 }
    for (const { readers, transport, bytes, count } of this.#groups.shares(frames))
      for (const reader of readers) {
        // Looked at before and not after: a burst that nobody could have taken yet is no reader's fault.
        if (isSlow(reader, this.settings.waitingBytes)) {
          this.#end(reader, 'slow')
          continue
        }
        reader.client.write(bytes)
        reader.frames += count
        written[transport] += count
      }
    this.#bus.emit('live.written', { frames: frames.length, ...written, ms: performance.now() - heardAt })
  }

  #beatSoon(): () => void {
    return afterQuiet(this.settings.beatMs, () => {
      for (const reader of this.#groups.readers()) this.#look(reader)
      this.#stopBeating = this.#groups.size > 0 ? this.#beatSoon() : null
    })
  }

  #look(reader: Reader): void {
    if (isSlow(reader, this.settings.waitingBytes)) this.#end(reader, 'slow')
    else if (!reader.client.beat()) this.#end(reader, 'silent')
    else void reader.holds().then((holds) => holds || this.#end(reader, 'revoked'))
  }

  #end(reader: Reader, why: Leaving): void {
    if (reader.ended) return
    reader.ended = why
    this.#groups.delete(reader)
    const { transport } = reader.client
    const waitingBytes = reader.client.waiting()
    if (why !== 'stopping') this.#bus.emit('live.dropped', { transport, why, waitingBytes })
    reader.client.leave(why, why === 'stopping' ? STOP_MS : this.settings.leaveMs)
  }
}
